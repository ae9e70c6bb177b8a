package com.pygmy.frontend;

import com.pygmy.domain.BookChange;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import com.pygmy.wire.json.EventKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which events a client wants. {@link EventKind#HELLO} and {@link EventKind#RESET} always come.
 *
 * @param books of which books; empty: of all
 * @param topic of books of which topic, also of those that leave it; absent: of all
 * @param kinds of which kinds
 */
record EventFilter(Set<BookId> books, Optional<String> topic, Set<EventKind> kinds) {

  static final String BOOK = "book";
  static final String TOPIC = "topic";
  static final String KINDS = "kinds";

  /** Books that one client may name. */
  static final int MAX_BOOKS = 100;

  /** Everything. */
  static final EventFilter ALL =
      new EventFilter(Set.of(), Optional.empty(), EnumSet.allOf(EventKind.class));

  /**
   * What the query asks for.
   *
   * @throws FailureException when it cannot be understood
   */
  static EventFilter of(Query query) {
    return new EventFilter(
        query.bookIds(BOOK, MAX_BOOKS).map(Set::copyOf).orElse(Set.of()),
        query.printable(TOPIC, Limits.MAX_TOPIC_CHARS),
        query.text(KINDS).map(EventFilter::kinds).orElse(ALL.kinds()));
  }

  boolean isEverything() {
    return equals(ALL);
  }

  boolean takes(LiveEvent event) {
    return kinds.contains(event.kind())
        && (event.change().isEmpty() || concerns(event.change().get()));
  }

  private boolean concerns(BookChange change) {
    return (books.isEmpty() || books.contains(change.book().id()))
        && (topic.isEmpty()
            || topic.get().equals(change.book().topic())
            || topic.get().equals(change.topicBefore()));
  }

  private static Set<EventKind> kinds(String text) {
    Set<EventKind> kinds = EnumSet.of(EventKind.HELLO, EventKind.RESET);
    Arrays.stream(text.split(",", -1))
        .map(
            word ->
                EventKind.of(word)
                    .filter(EventKind::isOptional)
                    .orElseThrow(
                        () ->
                            new Failure.Invalid(KINDS, "must be names of events, with commas")
                                .exception()))
        .forEach(kinds::add);
    return kinds;
  }
}
