package com.pygmy.store;

import static com.pygmy.store.StoreUnderTest.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.BookChange;
import com.pygmy.domain.BookId;
import com.pygmy.domain.EntryChanges;
import com.pygmy.replication.Position;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replica tells of the last entries follows from the log alone. */
final class ChangesOfReplicasTest {

  private static final int ALL = Integer.MAX_VALUE;

  @TempDir Path folder;

  @Test
  void everyReplicaTellsTheSame() throws Exception {
    try (StoreUnderTest leader = new StoreUnderTest(folder.resolve("l.db"), SETTINGS, 3);
        CatalogStore follower = leader.open(folder.resolve("f.db"))) {
      leader.feed(400);
      leader.log.forEach(entry -> follower.apply(entry.position(), entry.at(), entry.commands()));
      assertTrue(leader.store.changesAfter(0, ALL).entries().size() > 100);
      assertEquals(leader.store.changesAfter(0, ALL), follower.changesAfter(0, ALL));
    }
  }

  /** The last change of each book is the book; each change begins where the one before ended. */
  @Test
  void theChangesLeadFromNothingToTheShelf() throws Exception {
    try (StoreUnderTest replica = new StoreUnderTest(folder.resolve("r.db"), SETTINGS, 4)) {
      replica.feed(400);
      Map<BookId, BookChange> last = new HashMap<>();
      for (EntryChanges entry : replica.store.changesAfter(0, ALL).entries()) {
        for (BookChange change : entry.changes()) {
          BookChange before = last.put(change.book().id(), change);
          assertEquals(before == null, change.added());
          if (before != null) {
            assertEquals(before.book().stock(), change.stockBefore());
            assertEquals(before.book().topic(), change.topicBefore());
            assertEquals(
                before.book().priceCents() != change.book().priceCents()
                    || !before.book().title().equals(change.book().title())
                    || !before.book().author().equals(change.book().author())
                    || !before.book().topic().equals(change.book().topic()),
                change.described());
          }
        }
      }
      replica
          .store
          .shelf()
          .shelf()
          .all()
          .forEach(book -> assertEquals(book, last.get(book.id()).book()));
    }
  }

  @Test
  void pagesMakeUpTheWhole() throws Exception {
    try (StoreUnderTest replica = new StoreUnderTest(folder.resolve("r.db"), SETTINGS, 5)) {
      replica.feed(200);
      List<EntryChanges> whole = replica.store.changesAfter(0, ALL).entries();
      List<EntryChanges> pages = new java.util.ArrayList<>();
      long after = 0;
      while (after < replica.last().index()) {
        ChangesAfter page = replica.store.changesAfter(after, 7);
        pages.addAll(page.entries());
        assertTrue(page.upTo() > after);
        after = page.upTo();
      }
      assertEquals(whole, pages);
    }
  }

  @Test
  void aRestartedReplicaKnowsWhatItsLogGaveItSince() throws Exception {
    try (StoreUnderTest replica = new StoreUnderTest(folder.resolve("r.db"), SETTINGS, 6)) {
      replica.feed(100);
      long before = replica.last().index();
      replica.reopen();
      assertFalse(replica.store.changesAfter(before - 1, ALL).kept());
      ChangesAfter now = replica.store.changesAfter(before, ALL);
      assertTrue(now.kept());
      assertEquals(before, now.upTo());
      replica.feed(100);
      assertTrue(replica.store.changesAfter(before, ALL).entries().size() > 20);
    }
  }

  @Test
  void anInstalledCopyKnowsNothingOfWhatLedToIt() throws Exception {
    try (StoreUnderTest leader = new StoreUnderTest(folder.resolve("l.db"), SETTINGS, 7);
        CatalogStore lagging = leader.open(folder.resolve("f.db"))) {
      leader.feed(100);
      leader.awaitWritten();
      Path copy = folder.resolve("copy");
      Position copied = leader.store.exportTo(copy);
      lagging.install(copy);
      assertFalse(lagging.changesAfter(copied.index() - 1, ALL).kept());
      assertTrue(lagging.changesAfter(copied.index(), ALL).kept());
    }
  }
}
