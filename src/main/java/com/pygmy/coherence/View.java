package com.pygmy.coherence;

import com.pygmy.domain.BookId;
import java.util.Objects;

/** What a cached answer shows: the unit that is suspended, and that has a floor. */
public sealed interface View {

  /** A book that there is. */
  record OfBook(BookId id) implements View {
    public OfBook {
      Objects.requireNonNull(id, "id");
    }

    @Override
    public int hashCode() {
      return id.value();
    }
  }

  /** All pages of a topic. */
  record OfTopic(String topic) implements View {
    public OfTopic {
      Objects.requireNonNull(topic, "topic");
    }
  }

  /** That there is no such book, whichever is asked for: only added books change it. */
  record OfUnknownBooks() implements View {}
}
