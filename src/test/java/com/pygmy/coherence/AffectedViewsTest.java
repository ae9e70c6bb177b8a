package com.pygmy.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.domain.Book;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import com.pygmy.domain.Shelf;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Books 1 and 2 are on the shelf, in topics one and two; nothing else is. */
final class AffectedViewsTest {
  private static final View NEITHER = new View.OfUnknownBooks();

  private final Shelf shelf =
      new Shelf()
          .with(
              List.of(
                  new Book(new BookId(1), "title", "author", "one", 100, 5, 0, 0, 1),
                  new Book(new BookId(2), "title", "author", "two", 100, 5, 0, 0, 1)));

  @Test
  void aBuyChangesItsBooksAndNoTopic() {
    assertEquals(Set.of(book(1), book(9)), idle(buy(1, 9)));
  }

  @Test
  void aRestockChangesItsBooksAndNoTopic() {
    assertEquals(
        Set.of(book(2)), idle(new Command.Restock("k", 0, List.of(new Line(new BookId(2), 3)))));
    assertEquals(
        Set.of(book(1), book(2)),
        idle(
            new Command.RestockTo(
                "k", 0, Optional.empty(), 0, List.of(new BookId(1), new BookId(2)))));
  }

  @Test
  void aRevisionOfTheStockChangesNoTopic() {
    Revision stock =
        new Revision(
            Optional.empty(), Optional.of(7), Optional.empty(), Optional.empty(), Optional.empty());
    assertEquals(Set.of(book(1)), idle(revise(1, stock)));
  }

  @Test
  void aRevisionOfWhatIsListedChangesTheTopic() {
    assertEquals(Set.of(book(1), topic("one")), idle(price(1)));
    assertEquals(Set.of(book(1), topic("one")), idle(revise(1, text("title", null))));
    assertEquals(Set.of(book(1), topic("one")), idle(revise(1, text(null, "author"))));
  }

  @Test
  void aMoveChangesBothTopics() {
    assertEquals(Set.of(book(1), topic("one"), topic("two")), idle(move(1, "two")));
  }

  @Test
  void anAddedBookChangesItsTopicAndWhatIsUnknown() {
    assertEquals(Set.of(NEITHER, topic("new")), idle(add(null, "new")));
    assertEquals(Set.of(NEITHER, topic("new"), book(9)), idle(add(9, "new")));
  }

  @Test
  void anAddedRowOfAKnownBookMayReviseIt() {
    assertEquals(Set.of(NEITHER, topic("new"), topic("one"), book(1)), idle(add(1, "new")));
  }

  @Test
  void foundingAddsBooks() {
    Command found = new Command.FoundStore("k", "store", List.of(row(null, "new")));
    assertEquals(Set.of(NEITHER, topic("new")), idle(found));
    assertEquals(Set.of(), idle(new Command.FoundStore("k", "store")));
  }

  @Test
  void aSuspendedBookMayBeInAnySuspendedTopic() {
    Set<View> suspended = Set.of(book(1), topic("one"), topic("three"), book(2), NEITHER);
    assertEquals(Set.of(book(1), topic("one"), topic("three")), of(suspended, price(1)));
    assertEquals(
        Set.of(book(1), topic("one"), topic("three"), topic("four")),
        of(suspended, move(1, "four")));
  }

  @Test
  void aBookThatIsNotSuspendedIsWhereTheShelfHasIt() {
    Set<View> suspended = Set.of(book(1), topic("one"), topic("three"));
    assertEquals(Set.of(book(2), topic("two")), of(suspended, price(2)));
  }

  @Test
  void aBookThatIsNotOnTheShelfYetMayBeInAnySuspendedTopic() {
    Set<View> suspended = Set.of(NEITHER, topic("new"));
    assertEquals(Set.of(book(9), topic("new")), of(suspended, price(9)));
    assertEquals(Set.of(book(9), topic("new")), of(suspended, move(9, "new")));
  }

  @Test
  void aBatchMayMoveABookAndReviseItThere() {
    assertEquals(
        Set.of(book(1), topic("one"), topic("two")), of(Set.of(), move(1, "two"), price(1)));
  }

  @Test
  void aBatchMayAddABookWithoutAnIdAndReviseItThere() {
    assertEquals(Set.of(NEITHER, topic("new"), book(3)), of(Set.of(), add(null, "new"), price(3)));
  }

  private Set<View> idle(Command command) {
    return of(Set.of(), command);
  }

  private Set<View> of(Set<View> suspended, Command... commands) {
    return AffectedViews.of(List.of(commands), shelf, suspended);
  }

  private static View book(int id) {
    return new View.OfBook(new BookId(id));
  }

  private static View topic(String topic) {
    return new View.OfTopic(topic);
  }

  private static Command buy(int... ids) {
    List<Line> lines = Arrays.stream(ids).mapToObj(id -> new Line(new BookId(id), 1)).toList();
    return new Command.PlaceOrder("k", 0, new Purchase(lines, Optional.empty()));
  }

  private static Command revise(int id, Revision revision) {
    return new Command.ReviseBook("k", 0, new BookId(id), Optional.empty(), revision);
  }

  private static Command price(int id) {
    return revise(
        id,
        new Revision(
            Optional.of(7L),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private static Command move(int id, String topic) {
    return revise(
        id,
        new Revision(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(topic)));
  }

  private static Revision text(String title, String author) {
    return new Revision(
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(title),
        Optional.ofNullable(author),
        Optional.empty());
  }

  private static NewBook row(Integer id, String topic) {
    return new NewBook(Optional.ofNullable(id).map(BookId::new), "title", "author", topic, 100, 5);
  }

  private static Command add(Integer id, String topic) {
    return new Command.AddBooks("k", 0, List.of(row(id, topic)), true);
  }
}
