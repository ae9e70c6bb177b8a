package com.pygmy.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.coherence.View;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Shelf;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The judge of reads, on reads that it must reject. The store is founded at index 2; book 1 goes
 * from topic a to topic b at 3, and back at 5.
 */
final class TruthTest {
  private static final View BOOK = new View.OfBook(new BookId(1));
  private static final View TOPIC = new View.OfTopic("topic:a");

  private final World world = new World(1, Mutation.NONE, false);
  private Shelf shelf = new Shelf();
  private Object bookAt2;
  private Object bookAt3;
  private Object topicAt2;

  @BeforeEach
  void found() {
    world.log.elect();
    commit(Commands.found(world));
    bookAt2 = Truth.read(shelf, BOOK);
    topicAt2 = Truth.read(shelf, TOPIC);
    commit(move("topic:b"));
    bookAt3 = Truth.read(shelf, BOOK);
    world.log.append(1, 1, null, null);
    commit(move("topic:a"));
  }

  private void commit(Command command) {
    int index = world.log.append(1, 1, command, null);
    world.log.commit(1);
    shelf = shelf.with(world.log.at(index).changed);
  }

  private static Command move(String topic) {
    Revision revision =
        new Revision(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(topic));
    return new Command.ReviseBook(topic, 0, new BookId(1), Optional.empty(), revision);
  }

  @Test
  void takesWhatWasVisibleAndWhatCameAfter() {
    world.truth.check("f", BOOK, new Copy(bookAt2, 2, 2), 2);
    world.truth.check("f", BOOK, new Copy(bookAt3, 3, 3), 2);
    world.truth.check("f", BOOK, new Copy(bookAt3, 3, 4), 4);
    world.truth.check("f", TOPIC, new Copy(List.of(), 3, 3), 3);
  }

  @Test
  void rejectsAValueThatEndedBeforeTheReadArrived() {
    rejects(Violation.Of.STALE_READ, BOOK, new Copy(bookAt2, 9, 9), 3);
    rejects(Violation.Of.STALE_READ, BOOK, new Copy(bookAt3, 9, 9), 5);
    rejects(Violation.Of.STALE_READ, TOPIC, new Copy(List.of(), 9, 9), 5);
    rejects(Violation.Of.STALE_READ, BOOK, new Copy(Truth.NO_BOOK, 9, 9), 2);
  }

  @Test
  void rejectsAStampThatLacksWhatWasVisibleThoughTheValueIsRight() {
    assertEquals(topicAt2, Truth.read(shelf, TOPIC));
    rejects(Violation.Of.STALE_READ, TOPIC, new Copy(topicAt2, 2, 2), 5);
  }

  @Test
  void rejectsAValueThatNeverWas() {
    rejects(Violation.Of.WRONG_VALUE, BOOK, new Copy("a lie", 9, 9), 5);
    View unknown = new View.OfBook(new BookId(77));
    rejects(Violation.Of.WRONG_VALUE, unknown, new Copy(bookAt2, 9, 9), 5);
  }

  private void rejects(Violation.Of promise, View key, Copy copy, int visible) {
    Violation violation =
        assertThrows(Violation.class, () -> world.truth.check("f", key, copy, visible));
    assertEquals(promise, violation.promise());
  }
}
