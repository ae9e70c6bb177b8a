package com.pygmy.store;

import static com.pygmy.store.StoreUnderTest.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Command;
import com.pygmy.replication.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogCopyTest {
  @TempDir Path folder;
  private Path ours;
  private Path copy;

  @BeforeEach
  void name() {
    ours = folder.resolve("ours.db");
    copy = folder.resolve("copy.db");
  }

  @Test
  void aCopyMadeWhileWritingGoesOnIsOneMomentOfTheStore() throws Exception {
    try (StoreUnderTest leader = new StoreUnderTest(folder.resolve("l.db"), SETTINGS, 1)) {
      leader.feed(100);
      for (int i = 0; i < 5; i++) {
        Path moment = folder.resolve("copy" + i);
        Position atLeast = leader.store.written();
        CompletableFuture<Position> exporting =
            CompletableFuture.supplyAsync(() -> export(leader.store, moment));
        while (!exporting.isDone()) {
          leader.feed(5);
        }
        Position position = exporting.get(20, TimeUnit.SECONDS);
        assertTrue(position.compareTo(atLeast) >= 0);
        assertFalse(Files.exists(SqliteFile.beside(moment, "-wal")));
        assertTrue(StoreAudit.catalog(moment).isSound());
        try (CatalogStore lagging = leader.open(folder.resolve("lagging" + i))) {
          assertEquals(position, lagging.install(moment));
          assertEquals(position, lagging.restored());
          assertEquals(position, lagging.applied());
          assertEquals(position, lagging.written());
          assertEquals(position, lagging.durable());
          leader.catchUpAndCompare(lagging);
        }
        assertFalse(Files.exists(moment));
      }
    }
  }

  @Test
  void anInstalledCopyReplacesAStateWithUnwrittenOutcomes() throws Exception {
    try (StoreUnderTest leader = new StoreUnderTest(folder.resolve("l.db"), SETTINGS, 1);
        CatalogStore follower = leader.open(ours)) {
      leader.feed(300);
      leader.awaitWritten();
      for (StoreUnderTest.Entry entry : leader.log.subList(0, 150)) {
        follower.apply(entry.position(), entry.at(), entry.commands());
      }
      var waiting = follower.whenWritten(leader.last().index()).toCompletableFuture();
      assertEquals(leader.last(), leader.store.exportTo(copy));
      assertEquals(leader.last(), follower.install(copy));
      leader.compare(follower);
      assertTrue(waiting.isCompletedExceptionally());
      leader.feed(50);
      for (StoreUnderTest.Entry entry : leader.log.subList(300, 350)) {
        follower.apply(entry.position(), entry.at(), entry.commands());
      }
      leader.compare(follower);
    }
    try (StoreUnderTest leader = new StoreUnderTest(folder.resolve("l.db"), SETTINGS, 1);
        CatalogStore follower = leader.open(ours)) {
      assertEquals(leader.store.restored(), follower.restored());
    }
  }

  @Test
  void refusesACopyOfAnotherStoreAnOlderOneAndADamagedOne() throws Exception {
    Path damaged = folder.resolve("damaged.db");
    try (CatalogStore one = founded("one.db", "one", 5);
        CatalogStore other = founded("other.db", "other", 9);
        CatalogStore older = founded("older.db", "one", 3)) {
      export(other, copy);
      assertRefused(one, copy, "store other");
      Path old = folder.resolve("old.db");
      export(older, old);
      assertRefused(one, old, "reaches");
      Files.writeString(damaged, "no database at all".repeat(1_000));
      assertThrows(DamagedDatabaseException.class, () -> one.install(damaged));
      assertThrows(IOException.class, () -> one.install(folder.resolve("missing.db")));
      Path orders = folder.resolve("orders.db");
      OrderDatabase.prepare(orders);
      assertThrows(DamagedDatabaseException.class, () -> one.install(orders));
      Path torn = folder.resolve("torn.db");
      byte[] bytes = Files.readAllBytes(copy);
      Arrays.fill(bytes, 4_096, 4_096 + 100, (byte) 0x5a);
      Files.write(torn, bytes);
      assertThrows(DamagedDatabaseException.class, () -> one.install(torn));
      one.apply(new Position(1, 6), 0, List.of());
      assertEquals(new Position(1, 6), one.applied());
      assertTrue(one.admits());
    }
  }

  private void assertRefused(CatalogStore store, Path file, String why) {
    Position before = store.applied();
    IOException refusal = assertThrows(IOException.class, () -> store.install(file));
    assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    assertEquals(before, store.applied());
  }

  @Test
  void refusesToOverwriteAFile() throws Exception {
    Files.writeString(copy, "precious");
    try (CatalogStore one = founded("one.db", "one", 5)) {
      assertThrows(IOException.class, () -> one.exportTo(copy));
    }
    assertEquals("precious", Files.readString(copy));
  }

  /** A crash between any two steps leaves the old state before the decision, the new one after. */
  @Test
  void aCrashWithinAnInstallLeavesOneStateOrTheOther() throws Exception {
    try (StoreUnderTest leader = new StoreUnderTest(folder.resolve("l.db"), SETTINGS, 1);
        StoreUnderTest old = new StoreUnderTest(ours, StoreUnderTest.NO_CHECKPOINTS, 1)) {
      leader.feed(400);
      leader.awaitWritten();
      leader.store.exportTo(copy);
      old.feed(150);
      old.awaitWritten();
      assertTrue(Files.size(SqliteFile.beside(ours, "-wal")) > 0);

      Path undecided = oldFilesAt("undecided");
      StoreUnderTest.copy(copy, SqliteFile.beside(undecided, "-arriving"));
      assertOpensAs(old, undecided);

      Path decided = oldFilesAt("decided");
      StoreUnderTest.copy(copy, SqliteFile.beside(decided, "-install"));
      assertOpensAs(leader, decided);

      Path withoutWal = oldFilesAt("withoutWal");
      StoreUnderTest.copy(copy, SqliteFile.beside(withoutWal, "-install"));
      Files.delete(SqliteFile.beside(withoutWal, "-wal"));
      assertOpensAs(leader, withoutWal);

      Path renamed = folder.resolve("renamed");
      StoreUnderTest.copy(copy, renamed);
      assertOpensAs(leader, renamed);
    }
  }

  private Path oldFilesAt(String name) throws IOException {
    Path there = folder.resolve(name);
    StoreUnderTest.copy(ours, there);
    StoreUnderTest.copy(SqliteFile.beside(ours, "-wal"), SqliteFile.beside(there, "-wal"));
    return there;
  }

  private void assertOpensAs(StoreUnderTest expected, Path file) throws Exception {
    try (CatalogStore opened = expected.open(file)) {
      assertEquals(expected.last(), opened.restored(), file.toString());
      expected.compare(opened);
    }
    assertTrue(StoreAudit.catalog(file).isSound());
    assertFalse(Files.exists(SqliteFile.beside(file, "-install")));
    assertFalse(Files.exists(SqliteFile.beside(file, "-arriving")));
  }

  @Test
  void aFailureWhileInstallingIsFatal() throws Exception {
    try (StoreUnderTest leader = new StoreUnderTest(folder.resolve("l.db"), SETTINGS, 1)) {
      leader.feed(20);
      leader.awaitWritten();
      leader.store.exportTo(copy);
      CatalogStore follower = leader.open(ours);
      // A folder in the place of the old database's journal cannot be deleted: not empty.
      Path blocker = SqliteFile.beside(ours, "-journal");
      Files.createDirectories(blocker.resolve("something"));
      assertThrows(IOException.class, () -> follower.install(copy));
      assertEquals(1, leader.fatal.size());
      leader.fatal.clear();
      assertThrows(
          IllegalStateException.class, () -> follower.apply(new Position(1, 999), 0, List.of()));
      follower.close();
      Files.delete(blocker.resolve("something"));
      Files.delete(blocker);
      try (CatalogStore opened = leader.open(ours)) {
        assertEquals(leader.last(), opened.restored());
      }
    }
  }

  private CatalogStore founded(String name, String storeId, long index) throws Exception {
    CatalogStore store =
        CatalogStore.open(folder.resolve(name), SETTINGS, System::nanoTime, e -> {});
    store.apply(new Position(1, index), 0, List.of(new Command.FoundStore("found", storeId)));
    store.whenWritten(index).toCompletableFuture().get(5, TimeUnit.SECONDS);
    return store;
  }

  private static Position export(CatalogStore store, Path file) {
    try {
      return store.exportTo(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
