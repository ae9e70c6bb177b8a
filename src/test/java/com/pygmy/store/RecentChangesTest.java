package com.pygmy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookChange;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Effect;
import com.pygmy.domain.EntryChanges;
import com.pygmy.domain.Shelf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RecentChangesTest {

  private static final Decision ANY = new Decision.KeyConflict();

  private final RecentChanges recent = new RecentChanges(10);
  private Shelf shelf = new Shelf();

  @Test
  void tellsEachBookOfAnEntryOnceAsItWasAndAsItIs() {
    enter(11, List.of(book(1, 9, "a")));
    Shelf before = shelf;
    enter(12, List.of(book(1, 8, "a")), List.of(book(1, 7, "b"), book(2, 3, "c")));
    EntryChanges last = page(11, 100).entries().get(0);
    assertEquals(12, last.index());
    assertEquals(
        List.of(
            BookChange.of(before.find(new BookId(1)), book(1, 7, "b")),
            BookChange.of(Optional.empty(), book(2, 3, "c"))),
        last.changes());
  }

  @Test
  void keepsNothingOfEntriesThatChangedNothing() {
    enter(11);
    Effect nothing = new Effect(ANY, Optional.empty(), List.of());
    recent.add(EntryChanges.of(12, shelf, List.of(nothing)));
    assertEquals(new RecentChanges.Page(List.of(), true), page(10, 100));
  }

  @Test
  void givesWholeEntriesAndSaysWhetherMoreFollow() {
    enter(11, books(1, 3));
    enter(13, books(4, 3));
    enter(14, books(7, 3));
    assertEquals(List.of(11L, 13L), indexes(page(10, 6)));
    assertFalse(page(10, 6).isLast());
    assertEquals(List.of(11L), indexes(page(10, 1))); // one at least, however many changes it has
    assertEquals(List.of(13L, 14L), indexes(page(12, 6)));
    assertTrue(page(12, 6).isLast());
    assertEquals(List.of(14L), indexes(page(13, 6)));
    assertEquals(List.of(), indexes(page(14, 6)));
    assertEquals(List.of(), indexes(page(Long.MAX_VALUE, 6)));
  }

  @Test
  void saysWhenItWasNotThereYet() {
    enter(11, books(1, 1));
    assertTrue(recent.after(9, 100).isEmpty());
    assertTrue(recent.after(10, 100).isPresent());
  }

  @Test
  void forgetsTheOldestBeyondItsBounds() {
    for (int i = 0; i <= RecentChanges.MAX_ENTRIES; i++) {
      enter(11 + i, books(1, 1));
    }
    assertTrue(recent.after(10, 1).isEmpty());
    assertEquals(List.of(12L), indexes(page(11, 1)));
    int few = RecentChanges.MAX_CHANGES / RecentChanges.MAX_CHANGES_OF_ENTRY;
    for (int i = 0; i < few; i++) {
      enter(100_000 + i, books(1, RecentChanges.MAX_CHANGES_OF_ENTRY));
    }
    assertTrue(recent.after(99_998, 1).isPresent(), "nothing changed a book in between");
    assertEquals(few, page(99_999, Integer.MAX_VALUE).entries().size());
    enter(200_000, books(1, 1));
    assertTrue(recent.after(99_999, 1).isEmpty());
    assertEquals(few, page(100_000, Integer.MAX_VALUE).entries().size());
  }

  @Test
  void beginsAnewAfterAnEntryThatIsTooLarge() {
    enter(11, books(1, 1));
    enter(12, books(1, RecentChanges.MAX_CHANGES_OF_ENTRY + 1));
    assertTrue(recent.after(11, 100).isEmpty());
    assertEquals(List.of(), indexes(page(12, 100)));
    enter(13, books(1, 1));
    assertEquals(List.of(13L), indexes(page(12, 100)));
  }

  @SafeVarargs
  private void enter(long index, List<Book>... commands) {
    Shelf before = shelf;
    List<Effect> effects = new ArrayList<>();
    for (List<Book> books : commands) {
      effects.add(new Effect(ANY, Optional.empty(), books));
      shelf = shelf.with(books);
    }
    recent.add(EntryChanges.of(index, before, effects));
  }

  private RecentChanges.Page page(long after, int limit) {
    return recent.after(after, limit).orElseThrow();
  }

  private static List<Long> indexes(RecentChanges.Page page) {
    return page.entries().stream().map(EntryChanges::index).toList();
  }

  private static List<Book> books(int first, int count) {
    return IntStream.range(first, first + count).mapToObj(id -> book(id, 5, "t")).toList();
  }

  private static Book book(int id, int stock, String topic) {
    return new Book(new BookId(id), "Title", "Author", topic, 100, stock, 0, 0, 1);
  }
}
