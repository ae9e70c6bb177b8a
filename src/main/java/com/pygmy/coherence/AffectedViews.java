package com.pygmy.coherence;

import com.pygmy.domain.Book;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import com.pygmy.domain.Shelf;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The views that commands may change, over whatever state the writes admitted before them leave.
 * Rather too many than too few: a write that turns out to change nothing costs a suspension.
 *
 * <p>Writes in flight may move a book from topic to topic. Each of them keeps the book and both
 * topics suspended until it is applied. So a book that is not suspended is in the topic where the
 * shelf has it; one that is, or that is not on the shelf yet, may be in any suspended topic. Nor
 * may a write admitted later move a book while an earlier one waits: {@link LeaseKeeper#admit} lets
 * no write to topics overtake another.
 */
public final class AffectedViews {

  private final Shelf shelf;
  private final Set<View> suspended;
  private final Set<View> affected = new HashSet<>();

  private AffectedViews(Shelf shelf, Set<View> suspended) {
    this.shelf = shelf;
    this.suspended = suspended;
  }

  /**
   * The views that commands, decided in this order, may change.
   *
   * @param suspended every view that is suspended now
   */
  public static Set<View> of(List<Command> commands, Shelf shelf, Set<View> suspended) {
    AffectedViews views = new AffectedViews(shelf, suspended);
    commands.forEach(views::add);
    return views.affected;
  }

  private void add(Command command) {
    if (command instanceof Command.PlaceOrder buy) {
      lines(buy.purchase().lines());
    } else if (command instanceof Command.Restock restock) {
      lines(restock.lines());
    } else if (command instanceof Command.RestockTo restockTo) {
      restockTo.books().forEach(this::book);
    } else if (command instanceof Command.ReviseBook revise) {
      if (isListed(revise.revision())) {
        topicsOf(revise.book());
        revise.revision().topic().ifPresent(this::topic);
      }
      book(revise.book());
    } else if (command instanceof Command.AddBooks add) {
      add.books().forEach(this::row);
    } else if (command instanceof Command.FoundStore found) {
      found.books().forEach(this::row);
    }
  }

  /** Does a topic's page show what is revised? It shows all but the stock. */
  private static boolean isListed(Revision revision) {
    return revision.priceCents().isPresent()
        || revision.title().isPresent()
        || revision.author().isPresent()
        || revision.topic().isPresent();
  }

  private void row(NewBook row) {
    affected.add(new View.OfUnknownBooks());
    topic(row.topic());
    if (row.id().isPresent()) {
      topicsOf(row.id().get());
      book(row.id().get());
    }
  }

  private void lines(List<Line> lines) {
    lines.forEach(line -> book(line.book()));
  }

  private void book(BookId id) {
    affected.add(new View.OfBook(id));
  }

  private void topic(String topic) {
    affected.add(new View.OfTopic(topic));
  }

  /** Where the book may be listed when the command is decided. */
  private void topicsOf(BookId id) {
    View.OfBook view = new View.OfBook(id);
    Optional<Book> book = shelf.find(id);
    book.ifPresent(found -> topic(found.topic()));
    if (book.isEmpty() || suspended.contains(view) || affected.contains(view)) {
      suspended.stream().filter(View.OfTopic.class::isInstance).forEach(affected::add);
    }
  }
}
