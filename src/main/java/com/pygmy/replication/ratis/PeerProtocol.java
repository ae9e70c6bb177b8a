package com.pygmy.replication.ratis;

import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.Settings.Replica;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What replicas ask each other beside Raft: one question, one answer, over the same port.
 *
 * <pre>
 * question  byte version 1, string cluster, byte kind, fields
 * answer    byte kind, fields
 * </pre>
 *
 * Strings as {@link DataOutputStream#writeUTF}. An unknown version or kind is refused.
 */
final class PeerProtocol {
  static final int MAX_CHUNK_BYTES = 512 * 1024;
  private static final byte VERSION = 1;
  private static final int MAX_IDS = 64;

  private PeerProtocol() {}

  /** A replica, and where it says that it is reached. */
  record Caller(ReplicaId who, Replica at) {}

  /** A replica, and the term in which it was after every read had begun for which it asks. */
  record Witness(ReplicaId who, long term) {}

  /** Asked of the replica with exactly this id where one is named: another one there refuses. */
  sealed interface Question {
    /** Its current Raft term. */
    record Term(ReplicaId target) implements Question {}

    /**
     * A confirmed read point, of the leader.
     *
     * @param witness who asks, and in what term it is; versions up to 1.0 do not say
     */
    record ReadPoint(ReplicaId target, Optional<Witness> witness) implements Question {}

    /**
     * Who answers at this address?
     *
     * @param caller who asks, and where it says that it is reached; versions up to 1.0 do not say
     */
    record Identify(Optional<Caller> caller) implements Question {}

    /**
     * Become a member of this store's group; the founders as founders, others to be added later.
     *
     * @param base what the founders began from; empty: from nothing
     */
    record Join(ReplicaId target, UUID foundation, List<ReplicaId> founders, String base)
        implements Question {}

    /** Is this entry of this lineage in your log or state? Two logs may have it by number. */
    record Agrees(Position position, String lineage) implements Question {}

    /** Make a copy of your state that contains at least {@code minIndex}. */
    record OpenCopy(UUID foundation, long minIndex) implements Question {}

    /**
     * Your group has removed you, under exactly this id: ask whether that is so. A hint, as it may
     * come from a leader of the past.
     *
     * @param teller may be asked, too: who was away for long knows nobody else
     */
    record Leave(ReplicaId target, UUID foundation, Replica teller) implements Question {}

    /**
     * I was a member of this store's group: has it removed me? Only a leader that is confirmed as
     * such says yes.
     */
    record WasRemoved(ReplicaId who, UUID foundation) implements Question {}

    /**
     * Have you, too, not heard this leader of this term for longer than you should have? And would
     * you vote for one whose log ends here?
     */
    record Misses(ReplicaId target, ReplicaId leader, long term, Position last)
        implements Question {}

    /** A part of it. */
    record ReadCopy(long copy, long offset, int length) implements Question {}
  }

  /** What comes back. */
  sealed interface Answer {
    record Term(long term) implements Answer {}

    record ReadPoint(long term, long index) implements Answer {}

    record Done() implements Answer {}

    record Refused(String why) implements Answer {}

    /** Nobody answered in time: never sent, made by the asker. */
    record Silence(String why) implements Answer {}

    record Copy(long copy, Position position, long length, String sha256) implements Answer {}

    record Chunk(ByteBuffer bytes) implements Answer {}

    /**
     * Who answers.
     *
     * @param hasState the state machine holds something that a log has decided
     * @param base what the state machine holds otherwise, to be equal at all founders; empty:
     *     nothing
     * @param wasMember it has had a vote under this id
     * @param leads it believes to lead
     * @param run a number of this run of its process, drawn by lot; 0: versions up to 1.0 do not
     *     say
     */
    record Identified(
        ReplicaId id,
        Identity.Stage stage,
        Optional<UUID> foundation,
        boolean hasState,
        String base,
        boolean bootstraps,
        boolean leads,
        boolean wasMember,
        long run)
        implements Answer {}
  }

  static byte[] encode(String cluster, Question question) {
    return write(
        out -> {
          out.writeByte(VERSION);
          out.writeUTF(cluster);
          if (question instanceof Question.Term q) {
            out.writeByte(1);
            out.writeUTF(q.target().toString());
          } else if (question instanceof Question.ReadPoint q) {
            out.writeByte(2);
            out.writeUTF(q.target().toString());
            if (q.witness().isPresent()) {
              out.writeUTF(q.witness().get().who().toString());
              out.writeLong(q.witness().get().term());
            }
          } else if (question instanceof Question.Identify q) {
            out.writeByte(3);
            if (q.caller().isPresent()) {
              Caller caller = q.caller().get();
              out.writeUTF(caller.who().toString());
              out.writeUTF(caller.at().address());
            }
          } else if (question instanceof Question.Join q) {
            out.writeByte(4);
            out.writeUTF(q.target().toString());
            out.writeUTF(q.foundation().toString());
            out.writeByte(q.founders().size());
            for (ReplicaId founder : q.founders()) {
              out.writeUTF(founder.toString());
            }
            out.writeUTF(q.base());
          } else if (question instanceof Question.Agrees q) {
            out.writeByte(5);
            writePosition(out, q.position());
            out.writeUTF(q.lineage());
          } else if (question instanceof Question.OpenCopy q) {
            out.writeByte(6);
            out.writeUTF(q.foundation().toString());
            out.writeLong(q.minIndex());
          } else if (question instanceof Question.ReadCopy q) {
            out.writeByte(7);
            out.writeLong(q.copy());
            out.writeLong(q.offset());
            out.writeInt(q.length());
          } else if (question instanceof Question.Leave q) {
            out.writeByte(8);
            out.writeUTF(q.target().toString());
            out.writeUTF(q.foundation().toString());
            out.writeUTF(q.teller().name());
            out.writeUTF(q.teller().address());
          } else if (question instanceof Question.WasRemoved q) {
            out.writeByte(9);
            out.writeUTF(q.who().toString());
            out.writeUTF(q.foundation().toString());
          } else if (question instanceof Question.Misses q) {
            out.writeByte(10);
            out.writeUTF(q.target().toString());
            out.writeUTF(q.leader().toString());
            out.writeLong(q.term());
            writePosition(out, q.last());
          }
        });
  }

  /**
   * Reads a question.
   *
   * @throws IllegalArgumentException if it is of another cluster or version, or malformed
   */
  static Question question(String cluster, byte[] bytes) {
    return read(
        bytes,
        in -> {
          byte version = in.readByte();
          if (version != VERSION) {
            throw new IllegalArgumentException("peer protocol of version " + version);
          }
          String from = in.readUTF();
          if (!from.equals(cluster)) {
            throw new IllegalArgumentException("this is cluster " + cluster + ", not " + from);
          }
          byte kind = in.readByte();
          return switch (kind) {
            case 1 -> new Question.Term(readId(in));
            case 2 -> new Question.ReadPoint(readId(in), readWitness(in));
            case 3 -> new Question.Identify(readCaller(in));
            case 4 -> new Question.Join(readId(in), readUuid(in), readIds(in), in.readUTF());
            case 5 -> new Question.Agrees(readPosition(in), in.readUTF());
            case 6 -> new Question.OpenCopy(readUuid(in), in.readLong());
            case 7 -> new Question.ReadCopy(in.readLong(), in.readLong(), in.readInt());
            case 8 ->
                new Question.Leave(
                    readId(in), readUuid(in), Replica.at(in.readUTF(), in.readUTF()));
            case 9 -> new Question.WasRemoved(readId(in), readUuid(in));
            case 10 -> new Question.Misses(readId(in), readId(in), in.readLong(), readPosition(in));
            default -> throw new IllegalArgumentException("question of kind " + kind);
          };
        });
  }

  static byte[] encode(Answer answer) {
    return write(
        out -> {
          if (answer instanceof Answer.Term a) {
            out.writeByte(1);
            out.writeLong(a.term());
          } else if (answer instanceof Answer.ReadPoint a) {
            out.writeByte(2);
            out.writeLong(a.term());
            out.writeLong(a.index());
          } else if (answer instanceof Answer.Done) {
            out.writeByte(3);
          } else if (answer instanceof Answer.Refused a) {
            out.writeByte(4);
            out.writeUTF(a.why());
          } else if (answer instanceof Answer.Copy a) {
            out.writeByte(5);
            out.writeLong(a.copy());
            writePosition(out, a.position());
            out.writeLong(a.length());
            out.writeUTF(a.sha256());
          } else if (answer instanceof Answer.Chunk a) {
            out.writeByte(6);
            byte[] bytes = new byte[a.bytes().remaining()];
            a.bytes().duplicate().get(bytes);
            out.writeInt(bytes.length);
            out.write(bytes);
          } else if (answer instanceof Answer.Identified a) {
            out.writeByte(7);
            out.writeUTF(a.id().toString());
            out.writeUTF(a.stage().name());
            out.writeUTF(a.foundation().map(UUID::toString).orElse(""));
            out.writeBoolean(a.hasState());
            out.writeUTF(a.base());
            out.writeBoolean(a.bootstraps());
            out.writeBoolean(a.leads());
            out.writeBoolean(a.wasMember());
            out.writeLong(a.run());
          }
        });
  }

  static Answer answer(byte[] bytes) {
    return read(
        bytes,
        in -> {
          byte kind = in.readByte();
          return switch (kind) {
            case 1 -> new Answer.Term(in.readLong());
            case 2 -> new Answer.ReadPoint(in.readLong(), in.readLong());
            case 3 -> new Answer.Done();
            case 4 -> new Answer.Refused(in.readUTF());
            case 5 -> new Answer.Copy(in.readLong(), readPosition(in), in.readLong(), in.readUTF());
            case 6 -> new Answer.Chunk(ByteBuffer.wrap(readBytes(in)));
            case 7 ->
                new Answer.Identified(
                    readId(in),
                    Identity.Stage.valueOf(in.readUTF()),
                    Optional.of(in.readUTF()).filter(s -> !s.isEmpty()).map(UUID::fromString),
                    in.readBoolean(),
                    in.readUTF(),
                    in.readBoolean(),
                    in.readBoolean(),
                    // Replicas of the version before do not say it, nor can they be removed.
                    in.available() > 0 && in.readBoolean(),
                    in.available() > 0 ? in.readLong() : 0);
            default -> throw new IllegalArgumentException("answer of kind " + kind);
          };
        });
  }

  private interface Writer {
    void to(DataOutputStream out) throws IOException;
  }

  private interface Reader<T> {
    T from(DataInputStream in) throws IOException;
  }

  private static byte[] write(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try {
      writer.to(new DataOutputStream(bytes));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] bytes, Reader<T> reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return reader.from(in);
    } catch (IOException cutOff) {
      throw new IllegalArgumentException("a message between replicas is cut off", cutOff);
    }
  }

  private static void writePosition(DataOutputStream out, Position position) throws IOException {
    out.writeLong(position.term());
    out.writeLong(position.index());
  }

  private static Position readPosition(DataInputStream in) throws IOException {
    return new Position(in.readLong(), in.readLong());
  }

  private static ReplicaId readId(DataInputStream in) throws IOException {
    return ReplicaId.parse(in.readUTF());
  }

  private static Optional<Caller> readCaller(DataInputStream in) throws IOException {
    if (in.available() == 0) {
      return Optional.empty();
    }
    ReplicaId who = readId(in);
    return Optional.of(new Caller(who, Replica.at(who.name(), in.readUTF())));
  }

  private static Optional<Witness> readWitness(DataInputStream in) throws IOException {
    return in.available() == 0
        ? Optional.empty()
        : Optional.of(new Witness(readId(in), in.readLong()));
  }

  private static UUID readUuid(DataInputStream in) throws IOException {
    return UUID.fromString(in.readUTF());
  }

  private static List<ReplicaId> readIds(DataInputStream in) throws IOException {
    int count = in.readByte();
    if (count < 0 || count > MAX_IDS) {
      throw new IllegalArgumentException(count + " replicas");
    }
    List<ReplicaId> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(readId(in));
    }
    return ids;
  }

  private static byte[] readBytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException("chunk of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }
}
