package com.pygmy.replication.ratis;

import com.pygmy.replication.Position;
import com.pygmy.replication.StateMachine;
import com.pygmy.replication.ratis.PeerProtocol.Answer;
import com.pygmy.replication.ratis.PeerProtocol.Question;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a replica whose log cannot be continued to a state from where it can: by a copy of another
 * replica's state, when nothing less will do. Runs on its own thread and blocks.
 */
final class CopyFetch {
  private static final Logger LOG = LoggerFactory.getLogger(CopyFetch.class);
  private static final long OPEN_TIMEOUT_MILLIS = 120_000;
  private static final long CHUNK_TIMEOUT_MILLIS = 5_000;
  private static final long DURABLE_WAIT_SECONDS = 5;
  private static final long DURABLE_POLL_MILLIS = 20;

  /** Where a copy goes. */
  interface Target {
    Position install(Path copy, Position at) throws IOException;
  }

  private final StateMachine<?> machine;
  private final Folder folder;
  private final PeerCalls peers;
  private final LongSupplier nanoClock;

  CopyFetch(StateMachine<?> machine, Folder folder, PeerCalls peers, LongSupplier nanoClock) {
    this.machine = machine;
    this.folder = folder;
    this.peers = peers;
    this.nanoClock = nanoClock;
  }

  /**
   * Brings the state to where the log of another replica can follow.
   *
   * @param first where the log of {@code from} begins
   * @return what the state durably contains now, at least up to the entry before {@code first};
   *     {@link Position#START} when the log begins at 0 and will do
   */
  Position continueAt(Driver<?> driver, ReplicaId from, Position first)
      throws IOException, InterruptedException {
    if (!driver.isTrusted() && isPrefix(from.name(), driver.passed())) {
      long upTo = driver.passed().index();
      folder.change(now -> now.withInstalled(upTo).asTrusted());
      driver.trust();
    }
    if (driver.isTrusted() && driver.passed().index() >= first.index() - 1) {
      return driver.continueAfter(durableAt(first.index() - 1));
    }
    Position at = install(from.name(), first.index() - 1, driver::install);
    if (!driver.isTrusted()) {
      throw new IOException(
          "the state here is at "
              + at
              + ", which is not in the log of "
              + from
              + ": of another store, or ahead of it. Set it aside to get that replica's");
    }
    folder.change(Identity::asTrusted);
    return driver.continueAfter(durableAt(first.index() - 1));
  }

  /**
   * An empty state is a prefix of any log. One that no log has founded, such as a restored one, is
   * of none: what is equal by number may be another past.
   */
  private boolean isPrefix(String from, Position state) throws InterruptedException {
    if (state.index() < 0) {
      return true;
    }
    Optional<String> lineage = machine.lineage();
    if (lineage.isEmpty()) {
      return false;
    }
    try {
      return ask(from, new Question.Agrees(state, lineage.get()), CHUNK_TIMEOUT_MILLIS)
          instanceof Answer.Done;
    } catch (IOException unreachable) {
      return false;
    }
  }

  /** What the log may begin after: never more than what a power loss would leave. */
  private Position durableAt(long index) throws IOException {
    long end = nanoClock.getAsLong() + TimeUnit.SECONDS.toNanos(DURABLE_WAIT_SECONDS);
    while (machine.durable().index() < index) {
      if (nanoClock.getAsLong() - end > 0) {
        throw new IOException(
            "the state is durable up to " + machine.durable() + " only, not " + index);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(DURABLE_POLL_MILLIS));
    }
    return machine.durable();
  }

  /** Fetches a copy that contains {@code minIndex}, checks that it is whole, and installs it. */
  Position install(String from, long minIndex, Target target)
      throws IOException, InterruptedException {
    var store = folder.identity().foundation().orElseThrow();
    Answer opened = ask(from, new Question.OpenCopy(store, minIndex), OPEN_TIMEOUT_MILLIS);
    if (!(opened instanceof Answer.Copy copy)) {
      throw new IOException(from + " gives no copy: " + opened);
    }
    Path file = folder.copies().resolve("incoming");
    try {
      download(from, copy, file);
      String sha256 = Copies.sha256(file);
      if (!sha256.equals(copy.sha256())) {
        throw new IOException("the copy from " + from + " arrived damaged");
      }
      LOG.info("Got the state of {} at {}, {} bytes", from, copy.position(), copy.length());
      // First, so that after a crash in between the log may end before the state.
      folder.change(now -> now.withInstalled(copy.position().index()));
      return target.install(file, copy.position());
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void download(String from, Answer.Copy copy, Path file)
      throws IOException, InterruptedException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      long offset = 0;
      while (offset < copy.length()) {
        int wanted = (int) Math.min(PeerProtocol.MAX_CHUNK_BYTES, copy.length() - offset);
        Answer answer =
            ask(from, new Question.ReadCopy(copy.copy(), offset, wanted), CHUNK_TIMEOUT_MILLIS);
        if (!(answer instanceof Answer.Chunk chunk) || chunk.bytes().remaining() != wanted) {
          throw new IOException("the copy from " + from + " broke off at " + offset);
        }
        ByteBuffer bytes = chunk.bytes();
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        offset += wanted;
      }
      out.force(true);
    }
  }

  private Answer ask(String from, Question question, long timeoutMillis)
      throws IOException, InterruptedException {
    try {
      return peers.ask(from, question, timeoutMillis).get(timeoutMillis * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IOException(from + " did not answer " + question, failed);
    }
  }
}
