package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.replication.Position;
import com.pygmy.store.CatalogBase;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.BackupOpened;
import com.pygmy.wire.Message.BackupRead;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupsTest {

  /** Writes only when somebody waits for it. */
  private static final CatalogStore.Settings LAZY =
      new CatalogStore.Settings(20_000, 60_000, 60_000, 4_096, 5_000, 50_000, 1 << 16);

  private static final long IN_TIME = 25_000;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicLong nanos = new AtomicLong();
  private CatalogStore store;
  private Path copies;
  private Backups backups;

  @TempDir Path folder;

  @BeforeEach
  void open() throws IOException {
    store =
        CatalogStore.open(
            folder.resolve("catalog.db"),
            LAZY,
            System::nanoTime,
            failure -> {
              throw new AssertionError(failure);
            });
    NewBook book = new NewBook(Optional.of(new BookId(1)), "A", "B", "t", 100, 5);
    store.apply(
        new Position(1, 0), 0, List.of(new Command.FoundStore("f", "store-1", List.of(book))));
    copies = folder.resolve("backups");
    backups = new Backups(store, copies, nanos::get);
  }

  @AfterEach
  void close() {
    await(vertx.close());
    store.close();
  }

  private static <T> T await(Future<T> future) {
    return ReplicaOnTheBus.await(future);
  }

  private BackupOpened opened() {
    return assertInstanceOf(BackupOpened.class, await(backups.open(vertx, IN_TIME)));
  }

  private Message read(BackupOpened backup, long offset, int length) {
    return await(backups.read(vertx, new Message.ReadBackup(backup.backup(), offset, length)));
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.list(copies)) {
      return all.count();
    }
  }

  @Test
  void containsWhatWasAppliedThoughItWasNotWrittenYet() throws Exception {
    NewBook second = new NewBook(Optional.of(new BookId(2)), "B", "B", "t", 100, 5);
    store.apply(
        new Position(1, 1), 0, List.of(new Command.AddBooks("a", 0, List.of(second), false)));
    BackupOpened backup = opened();
    Buffer whole = Buffer.buffer();
    while (whole.length() < backup.length()) {
      int length = (int) Math.min(1_000, backup.length() - whole.length());
      whole.appendBuffer(((BackupRead) read(backup, whole.length(), length)).bytes());
    }
    Path file = Files.write(folder.resolve("fetched.db"), whole.getBytes());
    assertEquals(2, CatalogBase.check(file).books().size());
    await(backups.close(vertx, backup.backup()));
    assertEquals(0, files());
  }

  @Test
  void refusesPartsThatAreNotThere() {
    BackupOpened backup = opened();
    int most = Message.MAX_BACKUP_CHUNK;
    assertInstanceOf(Message.Unavailable.class, read(backup, backup.length() - 9, 10));
    assertInstanceOf(Message.Unavailable.class, read(backup, -1, 10));
    assertInstanceOf(Message.Unavailable.class, read(backup, Long.MAX_VALUE, 10));
    assertInstanceOf(Message.Unavailable.class, read(backup, 0, 0));
    assertInstanceOf(Message.Unavailable.class, read(backup, 0, most + 1));
    BackupOpened none = new BackupOpened("none", 10, "");
    assertInstanceOf(Message.Unavailable.class, read(none, 0, 1));
  }

  @Test
  void takesTwoAtATimeAndAThirdWhenOneIsClosed() throws Exception {
    BackupOpened first = opened();
    opened();
    assertInstanceOf(Message.Unavailable.class, await(backups.open(vertx, IN_TIME)));
    assertEquals(2, files());
    await(backups.close(vertx, first.backup()));
    opened();
  }

  @Test
  void makesOneAtATime() throws Exception {
    Future<Message> first = backups.open(vertx, IN_TIME);
    assertInstanceOf(Message.Unavailable.class, await(backups.open(vertx, IN_TIME)));
    assertInstanceOf(BackupOpened.class, await(first));
    assertEquals(1, files());
    opened();
  }

  /** Asked for at 0; late when it is begun, or when it is made. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatIsMadeTooLateForWhoAskedIsDeleted(int looksInTime) throws Exception {
    AtomicInteger looks = new AtomicInteger();
    LongSupplier clock =
        () -> looks.getAndIncrement() < looksInTime ? 0 : TimeUnit.MILLISECONDS.toNanos(IN_TIME);
    Files.createDirectories(copies);
    backups = new Backups(store, copies, clock);
    Message late = await(backups.open(vertx, IN_TIME));
    assertTrue(late.toString().contains("nobody waits"), late::toString);
    assertEquals(0, files());
    backups = new Backups(store, copies, nanos::get);
    opened();
  }

  @Test
  void countsWhatIsInTheWalAsRoomThatIsNeeded() throws Exception {
    await(Future.fromCompletionStage(store.whenWritten(0)));
    long wal = Files.size(folder.resolve("catalog.db-wal"));
    assertTrue(wal > 0);
    assertEquals(Files.size(folder.resolve("catalog.db")) + wal, store.fileBytes());
  }

  @Test
  void givesUpWhatNobodyReads() throws Exception {
    BackupOpened read = opened();
    BackupOpened abandoned = opened();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(Backups.IDLE_SECONDS - 1));
    read(read, 0, 1);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    backups.closeIdle(vertx);
    assertInstanceOf(BackupRead.class, read(read, 0, 1));
    assertInstanceOf(Message.Unavailable.class, read(abandoned, 0, 1));
    ReplicaOnTheBus.until("it is deleted", () -> filesNow() == 1);
  }

  private long filesNow() {
    try {
      return files();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void deletesWhatAnEarlierProcessLeft() throws Exception {
    BackupOpened before = opened();
    Backups restarted = new Backups(store, copies, nanos::get);
    await(restarted.clear(vertx));
    assertEquals(0, files());
    Message gone = await(restarted.read(vertx, new Message.ReadBackup(before.backup(), 0, 1)));
    assertTrue(gone instanceof Message.Unavailable, gone::toString);
  }
}
