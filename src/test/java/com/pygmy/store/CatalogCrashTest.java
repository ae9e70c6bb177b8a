package com.pygmy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Seeds;
import com.pygmy.replication.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a kill or a power loss leaves is opened, fed the log from its durable position on, and must
 * end in the same state. The files are copied from under a store at work.
 */
class CatalogCrashTest {
  private static final int CRASHES = 5;

  @TempDir Path folder;

  static LongStream seeds() {
    return Seeds.of(2);
  }

  /** All that was written is there, synced or not, but for a transaction cut short. */
  @ParameterizedTest
  @MethodSource("seeds")
  void aKillLosesOnlyWhatWasNotWritten(long seed) throws Exception {
    Path file = folder.resolve("live.db");
    Path left = folder.resolve("left.db");
    try (StoreUnderTest test = new StoreUnderTest(file, StoreUnderTest.NO_CHECKPOINTS, seed)) {
      for (int crash = 0; crash < CRASHES; crash++) {
        test.feed(100);
        Position written = test.store.written();
        StoreUnderTest.copy(file, left);
        StoreUnderTest.copy(wal(file), wal(left));
        recoverAndCompare(test, left, written, seed);
        if (crash % 2 == 1) {
          test.reopen();
        }
      }
    }
  }

  /**
   * The database as the last completed checkpoint left it, and as much of the WAL as chance had
   * brought to the disk.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void aPowerLossLosesOnlyWhatWasNotDurable(long seed) throws Exception {
    Random random = new Random(seed);
    Path file = folder.resolve("live.db");
    Path synced = folder.resolve("synced.db");
    Path left = folder.resolve("left.db");
    CatalogStore.Settings settings =
        new CatalogStore.Settings(2_000, 2_000, 2, 1 << 30, 400, 12_000, 1 << 16);
    int withWal = 0;
    try (StoreUnderTest test = new StoreUnderTest(file, settings, seed)) {
      for (int crash = 0; crash < CRASHES; ) {
        test.feed(20 + random.nextInt(100));
        CatalogStore store = test.store;
        StoreUnderTest.await("all durable", () -> store.durable().equals(test.last()));
        Position durable = store.durable();
        // Nothing is left to write, so nothing changes the files now.
        StoreUnderTest.copy(file, synced);
        test.feed(1 + random.nextInt(60));
        test.awaitWritten();
        StoreUnderTest.copy(wal(file), wal(left));
        if (!store.durable().equals(durable)) {
          continue; // a checkpoint ended meanwhile: the copies do not belong together
        }
        crash++;
        StoreUnderTest.copy(synced, left);
        if (random.nextInt(4) == 0) {
          Files.delete(wal(left));
        } else {
          truncate(wal(left), random.nextDouble());
          withWal++;
        }
        recoverAndCompare(test, left, durable, seed);
      }
    }
    assertTrue(withWal > 0);
  }

  /** A checkpoint that a reader keeps from its end has copied some pages, and synced the WAL. */
  @Test
  void aCrashWithinACheckpointLosesNothingWritten() throws Exception {
    Path file = folder.resolve("live.db");
    Path left = folder.resolve("left.db");
    try (StoreUnderTest test = new StoreUnderTest(file, StoreUnderTest.SETTINGS, 1)) {
      test.feed(200);
      StoreUnderTest.await("durable", () -> test.store.durable().equals(test.last()));
      Position durable = test.store.durable();
      byte[] before = Files.readAllBytes(file);
      test.feed(100);
      test.awaitWritten();
      try (Connection reader = SqliteFile.open(file, SqliteFile.Access.READ)) {
        reader.setAutoCommit(false);
        assertTrue(SqliteFile.number(reader, "SELECT count(*) FROM sales") > 0);
        test.feed(100);
        test.awaitWritten();
        StoreUnderTest.await("pages copied", () -> differs(file, before));
        StoreUnderTest.copy(file, left);
        StoreUnderTest.copy(wal(file), wal(left));
        recoverAndCompare(test, left, test.last(), 1);
        reader.rollback();
      }
      assertTrue(durable.compareTo(test.last()) < 0);
    }
  }

  private static boolean differs(Path file, byte[] before) {
    try {
      return !Arrays.equals(before, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void recoverAndCompare(StoreUnderTest test, Path left, Position atLeast, long seed)
      throws Exception {
    Files.deleteIfExists(SqliteFile.beside(left, "-shm"));
    try (CatalogStore recovered = test.open(left)) {
      assertTrue(recovered.restored().compareTo(atLeast) >= 0, Seeds.replay(seed));
      assertTrue(recovered.restored().compareTo(test.last()) <= 0, Seeds.replay(seed));
      assertEquals(recovered.restored(), recovered.durable());
      assertDurable(test, left, recovered.durable());
      test.catchUpAndCompare(recovered);
    } catch (AssertionError e) {
      throw new AssertionError(Seeds.replay(seed), e);
    }
    assertFalse(Files.exists(wal(left)));
    assertTrue(StoreAudit.catalog(left).isSound());
    SqliteFile.deleteCompanions(left);
    Files.delete(left);
  }

  /** A second loss, of power, right after the start: what was recovered must not be lost now. */
  private void assertDurable(StoreUnderTest test, Path file, Position durable) throws Exception {
    Path withoutWal = folder.resolve("second.db");
    StoreUnderTest.copy(file, withoutWal);
    try (CatalogStore second = test.open(withoutWal)) {
      assertEquals(durable, second.restored());
    }
    Files.delete(withoutWal);
  }

  private static Path wal(Path file) {
    return SqliteFile.beside(file, "-wal");
  }

  private static void truncate(Path file, double part) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate((long) (channel.size() * part));
    }
  }
}
