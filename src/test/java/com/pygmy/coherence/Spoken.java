package com.pygmy.coherence;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Grant;
import com.pygmy.coherence.CoherenceMessage.Renew;
import com.pygmy.coherence.CoherenceMessage.Resume;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Messages and views in short words, for scripts and traces. */
public final class Spoken {
  private Spoken() {}

  public static String of(View view) {
    if (view instanceof View.OfBook book) {
      return "book " + book.id();
    }
    return view instanceof View.OfTopic topic ? topic.topic() : "unknown";
  }

  public static String of(Collection<View> views) {
    return views.stream().map(Spoken::of).collect(Collectors.toCollection(TreeSet::new)).toString();
  }

  public static String of(CoherenceMessage message) {
    if (message instanceof Grant grant) {
      return "grant %d.%d of request %d, index %d, suspended %s"
          .formatted(
              grant.term(),
              grant.sequence(),
              grant.request(),
              grant.appliedIndex(),
              of(grant.suspended()));
    } else if (message instanceof Suspend suspend) {
      return "suspend %d.%d %s".formatted(suspend.term(), suspend.sequence(), of(suspend.views()));
    } else if (message instanceof Resume resume) {
      return "resume %d.%d %s index %d%s"
          .formatted(
              resume.term(),
              resume.sequence(),
              of(resume.views()),
              resume.index(),
              resume.fresh().isEmpty()
                  ? ""
                  : ", fresh " + resume.fresh().stream().map(book -> book.id()).toList());
    } else if (message instanceof Ack ack) {
      return "%s acks %d.%d".formatted(ack.holder(), ack.term(), ack.sequence());
    }
    Renew renew = (Renew) message;
    return "%s asks, request %d".formatted(renew.holder(), renew.request());
  }
}
