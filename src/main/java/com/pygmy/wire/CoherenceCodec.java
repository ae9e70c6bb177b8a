package com.pygmy.wire;

import com.pygmy.coherence.CoherenceMessage;
import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.View;
import java.util.List;
import java.util.Set;

/** The messages of the coherence protocol as bytes. */
final class CoherenceCodec {

  private CoherenceCodec() {}

  static void write(ByteWriter out, CoherenceMessage message) {
    if (message instanceof Renew m) {
      out.tag(1).text(m.holder()).number(m.request()).text(m.storeId());
    } else if (message instanceof Ack m) {
      out.tag(2).text(m.holder()).number(m.term()).number(m.sequence());
    } else if (message instanceof Grant m) {
      out.tag(3).number(m.term()).number(m.sequence()).number(m.request());
      views(out.number(m.appliedIndex()), m.suspended());
    } else if (message instanceof Suspend m) {
      views(out.tag(4).number(m.term()).number(m.sequence()), m.views());
    } else if (message instanceof Resume m) {
      views(out.tag(5).number(m.term()).number(m.sequence()), m.views());
      out.number(m.index()).list(m.fresh(), DomainCodec::writeBook);
    }
  }

  static CoherenceMessage read(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 -> new Renew(in.text(), in.number(), in.text());
      case 2 -> new Ack(in.text(), in.number(), in.number());
      case 3 -> new Grant(in.number(), in.number(), in.number(), in.number(), views(in));
      case 4 -> new Suspend(in.number(), in.number(), views(in));
      case 5 ->
          new Resume(
              in.number(), in.number(), views(in), in.number(), in.list(DomainCodec::readBook));
      default -> throw new MalformedMessage("an unknown message of the coherence protocol " + tag);
    };
  }

  private static void views(ByteWriter out, Set<View> views) {
    out.list(List.copyOf(views), CoherenceCodec::writeView);
  }

  /** Repeated views are one. */
  private static Set<View> views(ByteReader in) {
    return Set.copyOf(in.list(CoherenceCodec::readView));
  }

  private static void writeView(ByteWriter out, View view) {
    if (view instanceof View.OfBook book) {
      DomainCodec.writeId(out.tag(1), book.id());
    } else if (view instanceof View.OfTopic topic) {
      out.tag(2).text(topic.topic());
    } else if (view instanceof View.OfUnknownBooks) {
      out.tag(3);
    }
  }

  private static View readView(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 -> new View.OfBook(DomainCodec.readId(in));
      case 2 -> new View.OfTopic(in.text());
      case 3 -> new View.OfUnknownBooks();
      default -> throw new MalformedMessage("an unknown view " + tag);
    };
  }
}
