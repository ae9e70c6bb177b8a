package com.pygmy.wire;

import com.pygmy.domain.Command;
import com.pygmy.domain.Words;
import com.pygmy.wire.Message.Answer;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages as bytes: a format version, a tag, the fields. The event bus carries the bytes between
 * processes and the record itself within one.
 */
public final class MessageCodec implements io.vertx.core.eventbus.MessageCodec<Message, Message> {

  private static final Logger log = LoggerFactory.getLogger(MessageCodec.class);

  /** The name under which it is registered with every event bus. */
  public static final String NAME = "pygmy";

  private static final int FORMAT = 1;

  /**
   * Tells {@link Message.Overloaded} from {@link Message.Unavailable}, as which a node of the first
   * versions reads both: to a tag that it does not know it would wait for ever.
   */
  private static final String OVERLOADED = "overloaded: ";

  private final AtomicBoolean told = new AtomicBoolean();

  @Override
  public void encodeToWire(Buffer buffer, Message message) {
    byte[] bytes = encode(message);
    buffer.appendInt(bytes.length).appendBytes(bytes);
  }

  /**
   * Null where there is no message that this version knows, and a line in the log: were this to
   * throw, Vert.x would leave the request that is answered so without an end, its time-out called
   * off.
   */
  @Override
  public Message decodeFromWire(int position, Buffer buffer) {
    try {
      return decode(position, buffer);
    } catch (MalformedMessage unknown) {
      if (told.compareAndSet(false, true)) { // a newer node may send them all the time
        log.warn(
            "a message that cannot be read; of others nothing is told: {}", unknown.getMessage());
      }
      return null;
    }
  }

  private static Message decode(int position, Buffer buffer) {
    int length = buffer.getInt(position);
    int start = position + Integer.BYTES;
    if (length < 0 || length > buffer.length() - start) {
      throw new MalformedMessage("a length of " + length + " with fewer bytes left");
    }
    return decode(buffer.getBytes(start, start + length));
  }

  @Override
  public Message transform(Message message) {
    return message;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }

  /** The bytes of a message: a format version, a tag, the fields. */
  public static byte[] encode(Message message) {
    ByteWriter out = new ByteWriter().tag(FORMAT);
    writeMessage(out, message);
    return out.toBytes();
  }

  /**
   * The message that was encoded. What is left after its last field is left out: a newer version
   * may append what an older one does well without.
   *
   * @throws MalformedMessage if there is none in these bytes
   */
  public static Message decode(byte[] bytes) {
    try {
      ByteReader in = new ByteReader(bytes);
      int format = in.tag();
      if (format != FORMAT) {
        throw new MalformedMessage("format " + format + ", not " + FORMAT);
      }
      return readMessage(in);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessage(e.getMessage(), e);
    }
  }

  private static void writeMessage(ByteWriter out, Message message) {
    if (message instanceof Message.ReadBooks m) {
      out.tag(1).list(m.ids(), DomainCodec::writeId);
    } else if (message instanceof Message.BooksRead m) {
      out.tag(2).number(m.asOf()).list(m.books(), DomainCodec::writeBook);
    } else if (message instanceof Message.ListBooks m) {
      out.tag(3).optional(m.topic(), ByteWriter::text).optional(m.title(), ByteWriter::text);
      out.number(m.after()).number(m.limit());
    } else if (message instanceof Message.BooksListed m) {
      out.tag(4).number(m.asOf()).list(m.books(), DomainCodec::writeBook).bool(m.more());
    } else if (message instanceof Message.SearchBooks m) {
      out.tag(40).list(m.words().words(), ByteWriter::text).number(m.after()).number(m.limit());
    } else if (message instanceof Message.BooksFound m) {
      out.tag(41).number(m.asOf()).list(m.books(), DomainCodec::writeBook);
      out.bool(m.more()).bool(m.afterIsLost());
    } else if (message instanceof Message.ListTopics) {
      out.tag(5);
    } else if (message instanceof Message.TopicsListed m) {
      out.tag(6).number(m.asOf()).list(m.topics(), DomainCodec::writeTopic);
    } else if (message instanceof Message.FindOutcome m) {
      out.tag(7).text(m.key());
    } else if (message instanceof Message.OutcomeFound m) {
      out.tag(8).number(m.asOf()).optional(m.outcome(), DomainCodec::writeOutcome);
    } else if (message instanceof Message.ReadSales m) {
      out.tag(9).number(m.after()).number(m.limit()).bool(m.confirmed());
    } else if (message instanceof Message.SalesRead m) {
      out.tag(35).optional(m.storeId(), ByteWriter::text).number(m.head());
      out.list(m.sales(), DomainCodec::writeOrder);
      out.optional(m.origin(), DomainCodec::writeOrigin);
    } else if (message instanceof Message.Submit m) {
      out.tag(11).list(m.commands(), DomainCodec::writeCommand);
    } else if (message instanceof Message.Submitted m) {
      out.tag(12).list(m.answers(), MessageCodec::writeAnswer);
    } else if (message instanceof Message.Buy m) {
      out.tag(13);
      DomainCodec.writeCommand(out, m.command());
    } else if (message instanceof Message.Bought m) {
      out.tag(14);
      writeAnswer(out, m.answer());
    } else if (message instanceof Message.FindOrder m) {
      out.tag(15).number(m.number());
    } else if (message instanceof Message.OrderFound m) {
      out.tag(16).optional(m.order(), DomainCodec::writeOrder);
    } else if (message instanceof Message.ListOrders m) {
      out.tag(17).optional(m.customer(), ByteWriter::text).number(m.after()).number(m.limit());
    } else if (message instanceof Message.OrdersListed m) {
      out.tag(18).list(m.orders(), DomainCodec::writeOrder).bool(m.more());
    } else if (message instanceof Message.Heartbeat m) {
      out.tag(38).text(m.node()).text(m.incarnation()).optional(m.url(), ByteWriter::text);
      out.bool(m.holdsLock()).list(m.replicas(), MessageCodec::writeReplica);
      out.optional(m.cache(), FiguresCodec::writeCache);
      out.optional(m.frontend(), FiguresCodec::writeFrontend);
      out.optional(m.leading(), FiguresCodec::writeLeading);
    } else if (message instanceof Message.SalesHint m) {
      out.tag(20).number(m.head());
    } else if (message instanceof Message.Unavailable m) {
      out.tag(21).text(m.why());
    } else if (message instanceof Message.Overloaded m) {
      out.tag(21).text(OVERLOADED + m.why());
    } else if (message instanceof Message.Goodbye m) {
      out.tag(22).text(m.node()).text(m.incarnation());
    } else if (message instanceof Message.Coherence m) {
      out.tag(23);
      CoherenceCodec.write(out, m.message());
    } else if (message instanceof Message.OpenBackup m) {
      out.tag(30).number(m.withinMillis());
    } else if (message instanceof Message.BackupOpened m) {
      out.tag(31).text(m.backup()).number(m.length()).text(m.sha256());
    } else if (message instanceof Message.ReadBackup m) {
      out.tag(32).text(m.backup()).number(m.offset()).number(m.length());
    } else if (message instanceof Message.BackupRead m) {
      out.tag(33).bytes(m.bytes().getBytes());
    } else if (message instanceof Message.CloseBackup m) {
      out.tag(34).text(m.backup());
    } else if (message instanceof Message.ReadChanges m) {
      ChangesCodec.write(out.tag(36), m);
    } else if (message instanceof Message.ChangesRead m) {
      ChangesCodec.write(out.tag(37), m);
    } else if (message instanceof Message.AddMember m) {
      out.tag(24);
      MembersCodec.write(out, m.newcomer());
    } else if (message instanceof Message.RemoveMember m) {
      out.tag(25).text(m.replica());
    } else if (message instanceof Message.MembersAnswered m) {
      out.tag(26);
      MembersCodec.write(out, m.answer());
    }
  }

  private static Message readMessage(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 -> new Message.ReadBooks(in.list(DomainCodec::readId));
      case 2 -> new Message.BooksRead(in.number(), in.list(DomainCodec::readBook));
      case 3 ->
          new Message.ListBooks(
              in.optional(ByteReader::text),
              in.optional(ByteReader::text),
              in.integer(),
              in.integer());
      case 4 -> new Message.BooksListed(in.number(), in.list(DomainCodec::readBook), in.bool());
      case 5 -> new Message.ListTopics();
      case 6 -> new Message.TopicsListed(in.number(), in.list(DomainCodec::readTopic));
      case 7 -> new Message.FindOutcome(in.text());
      case 8 -> new Message.OutcomeFound(in.number(), in.optional(DomainCodec::readOutcome));
      case 9 -> new Message.ReadSales(in.number(), in.integer(), in.bool());
      case 11 -> new Message.Submit(in.list(DomainCodec::readCommand));
      case 12 -> new Message.Submitted(in.list(MessageCodec::readAnswer));
      case 13 -> new Message.Buy(readBuy(in));
      case 14 -> new Message.Bought(readAnswer(in));
      case 15 -> new Message.FindOrder(in.number());
      case 16 -> new Message.OrderFound(in.optional(DomainCodec::readOrder));
      case 17 -> new Message.ListOrders(in.optional(ByteReader::text), in.number(), in.integer());
      case 18 -> new Message.OrdersListed(in.list(DomainCodec::readOrder), in.bool());
      case 38 ->
          new Message.Heartbeat(
              in.text(),
              in.text(),
              in.optional(ByteReader::text),
              in.bool(),
              in.list(MessageCodec::readReplica),
              in.optional(FiguresCodec::readCache),
              in.optional(FiguresCodec::readFrontend),
              in.optional(FiguresCodec::readLeading));
      case 20 -> new Message.SalesHint(in.number());
      case 21 -> readUnavailable(in.text());
      case 22 -> new Message.Goodbye(in.text(), in.text());
      case 23 -> new Message.Coherence(CoherenceCodec.read(in));
      case 30 -> new Message.OpenBackup(in.number());
      case 31 -> new Message.BackupOpened(in.text(), in.number(), in.text());
      case 32 -> new Message.ReadBackup(in.text(), in.number(), in.integer());
      case 33 -> new Message.BackupRead(Buffer.buffer(in.bytes()));
      case 34 -> new Message.CloseBackup(in.text());
      case 35 ->
          new Message.SalesRead(
              in.optional(ByteReader::text),
              in.number(),
              in.list(DomainCodec::readOrder),
              in.optional(DomainCodec::readOrigin));
      case 36 -> ChangesCodec.readWanted(in);
      case 37 -> ChangesCodec.read(in);
      case 24 -> new Message.AddMember(MembersCodec.readVoter(in));
      case 25 -> new Message.RemoveMember(in.text());
      case 26 -> new Message.MembersAnswered(MembersCodec.readAnswer(in));
      case 40 ->
          new Message.SearchBooks(new Words(in.list(ByteReader::text)), in.integer(), in.integer());
      case 41 ->
          new Message.BooksFound(in.number(), in.list(DomainCodec::readBook), in.bool(), in.bool());
      default -> throw new MalformedMessage("an unknown message " + tag);
    };
  }

  private static Message readUnavailable(String why) {
    return why.startsWith(OVERLOADED)
        ? new Message.Overloaded(why.substring(OVERLOADED.length()))
        : new Message.Unavailable(why);
  }

  private static Command.PlaceOrder readBuy(ByteReader in) {
    if (DomainCodec.readCommand(in) instanceof Command.PlaceOrder buy) {
      return buy;
    }
    throw new MalformedMessage("a buy without an order to place");
  }

  private static void writeAnswer(ByteWriter out, Answer answer) {
    if (answer instanceof Answer.Decided a) {
      out.tag(1).number(a.index());
      DomainCodec.writeDecision(out, a.decision());
    } else if (answer instanceof Answer.NotLeader a) {
      out.tag(2).optional(a.leader(), ByteWriter::text);
    } else if (answer instanceof Answer.NotDecided) {
      out.tag(3);
    } else if (answer instanceof Answer.Overloaded) {
      out.tag(4);
    } else if (answer instanceof Answer.Unavailable a) {
      out.tag(5).text(a.why());
    } else if (answer instanceof Answer.Unknown a) {
      out.tag(6).text(a.why());
    }
  }

  private static Answer readAnswer(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 -> new Answer.Decided(in.number(), DomainCodec.readDecision(in));
      case 2 -> new Answer.NotLeader(in.optional(ByteReader::text));
      case 3 -> new Answer.NotDecided();
      case 4 -> new Answer.Overloaded();
      case 5 -> new Answer.Unavailable(in.text());
      case 6 -> new Answer.Unknown(in.text());
      default -> throw new MalformedMessage("an unknown answer " + tag);
    };
  }

  private static void writeReplica(ByteWriter out, Message.ReplicaState r) {
    out.text(r.replica()).text(r.service().name()).text(r.role().name()).number(r.term());
    out.number(r.appliedIndex()).bool(r.ready()).optional(r.storeId(), ByteWriter::text);
    out.text(r.detail());
  }

  /** An unknown service or role is an {@link IllegalArgumentException}: see {@link #decode}. */
  private static Message.ReplicaState readReplica(ByteReader in) {
    return new Message.ReplicaState(
        in.text(),
        Message.Service.valueOf(in.text()),
        Message.Role.valueOf(in.text()),
        in.number(),
        in.number(),
        in.bool(),
        in.optional(ByteReader::text),
        in.text());
  }
}
