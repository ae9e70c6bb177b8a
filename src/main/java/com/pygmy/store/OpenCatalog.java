package com.pygmy.store;

import com.pygmy.domain.BookChange;
import com.pygmy.domain.Catalog;
import com.pygmy.domain.Command;
import com.pygmy.domain.Effect;
import com.pygmy.domain.EntryChanges;
import com.pygmy.domain.KnownOutcomes;
import com.pygmy.domain.Order;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Recorded;
import com.pygmy.domain.Shelf;
import com.pygmy.domain.Words;
import com.pygmy.replication.Position;
import com.pygmy.store.Portion.Bound;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One database and everything that was made of it in memory, until a copy replaces it. */
final class OpenCatalog {
  private final Catalog catalog;
  private final KeyFilter filter;
  private final RecentSales recent;
  private final RecentChanges changes;
  private final WriteBehind queue;
  private final CatalogWriter writer;
  private final CatalogReader appliersReader;
  private final CatalogReader reader;
  private final BookSearch search;
  private final Position restored;
  private volatile ShelfAsOf shelf;

  /** The last entry that changed what a list of books shows. */
  private volatile long described;

  /** Opens the database, checks it, and makes what SQLite recovered durable before going on. */
  static OpenCatalog open(
      Path file,
      CatalogStore.Settings settings,
      LongSupplier nanoClock,
      Consumer<Throwable> onFatal)
      throws IOException {
    try {
      Connection connection = CatalogDatabase.openWriter(file);
      try {
        return new OpenCatalog(file, connection, settings, nanoClock, onFatal);
      } catch (SQLException | IOException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw SqliteFile.failure(file, e);
    }
  }

  private OpenCatalog(
      Path file,
      Connection connection,
      CatalogStore.Settings settings,
      LongSupplier nanoClock,
      Consumer<Throwable> onFatal)
      throws SQLException, IOException {
    // A kill leaves transactions in the WAL that were never synced: readable now, and gone after a
    // power loss. Only a complete checkpoint makes "durable" true.
    CatalogWriter.Checkpoint checkpoint = CatalogWriter.checkpoint(connection, "FULL");
    if (!checkpoint.isComplete()) {
      throw new IOException("database " + file + " is in use: its checkpoint did not complete");
    }
    catalog = CatalogDatabase.load(connection, file);
    restored = CatalogDatabase.position(connection);
    if (CatalogBase.isUntouched(catalog, restored)) {
      CatalogBase.requireIntact(connection, file, catalog.origin().orElseThrow());
    }
    filter = new KeyFilter(settings.filterBytes());
    CatalogDatabase.forEachKey(connection, filter::add);
    recent = new RecentSales(settings.recentSales(), catalog.lastOrderNumber());
    changes = new RecentChanges(restored.index());
    shelf = new ShelfAsOf(restored, catalog.shelf());
    queue = new WriteBehind(settings, nanoClock, restored);
    appliersReader = new CatalogReader(file);
    reader = new CatalogReader(file);
    search = new BookSearch(file);
    described = restored.index();
    writer = new CatalogWriter(connection, queue, settings, nanoClock, restored, onFatal);
    writer.start();
  }

  Catalog catalog() {
    return catalog;
  }

  Position restored() {
    return restored;
  }

  Position applied() {
    return shelf.position();
  }

  ShelfAsOf shelf() {
    return shelf;
  }

  Position durable() {
    return writer.durable();
  }

  WriteBehind queue() {
    return queue;
  }

  RecentSales recent() {
    return recent;
  }

  /** The head first: what comes with it is not behind it, and may be one entry ahead. */
  ChangesAfter changesAfter(long index, int limit) {
    long head = applied().index();
    Optional<RecentChanges.Page> page = changes.after(index, limit);
    List<EntryChanges> entries = page.map(RecentChanges.Page::entries).orElse(List.of());
    long last = entries.isEmpty() ? head : entries.get(entries.size() - 1).index();
    long upTo = page.isEmpty() || page.get().isLast() ? Math.max(head, last) : last;
    return new ChangesAfter(catalog.storeId(), head, page.isPresent(), upTo, entries);
  }

  List<Effect> apply(Position position, long at, List<Command> commands) {
    requireNext(position);
    queue.awaitRoom();
    Application application = new Application(position.index());
    Shelf before = catalog.shelf();
    try {
      catalog.advance(at);
      commands.forEach(application::apply);
    } catch (RuntimeException e) {
      // Half an entry is in memory: nothing that comes after it may be written.
      queue.fail(e);
      throw e;
    }
    queue.add(
        position,
        catalog.at(),
        catalog.storeId(),
        application.bound,
        application.superseded,
        application.effects);
    recent.add(application.sales);
    EntryChanges entry = EntryChanges.of(position.index(), before, application.effects);
    changes.add(entry);
    if (entry.changes().stream().anyMatch(BookChange::isListedOtherwise)) {
      described = position.index(); // before the position is: who has seen that sees this
    }
    shelf = new ShelfAsOf(position, catalog.shelf());
    return application.effects;
  }

  void pass(Position position) {
    requireNext(position);
    queue.pass(position, catalog.at());
    shelf = new ShelfAsOf(position, catalog.shelf());
  }

  private void requireNext(Position position) {
    if (position.index() <= applied().index()) {
      throw new IllegalStateException(
          "entry %s was to be applied after %s".formatted(position, applied()));
    }
  }

  /** One entry while it is applied. */
  private final class Application implements KnownOutcomes {
    final List<Effect> effects = new ArrayList<>();
    final List<Bound> bound = new ArrayList<>();
    final List<String> superseded = new ArrayList<>();
    final List<Order> sales = new ArrayList<>();
    private final long index;
    private boolean hadDroppable;

    Application(long index) {
      this.index = index;
    }

    void apply(Command command) {
      hadDroppable = false;
      Effect effect = catalog.apply(index, command, this);
      effects.add(effect);
      effect.recorded().ifPresent(recorded -> bind(command.key(), recorded));
    }

    private void bind(String key, Recorded recorded) {
      filter.add(key);
      queue.bind(key, recorded);
      bound.add(new Bound(key, recorded));
      if (recorded.outcome() instanceof Outcome.Sold sold) {
        sales.add(sold.order());
        if (hadDroppable) {
          superseded.add(key);
        }
      }
    }

    @Override
    public Optional<Recorded> find(String key) {
      Optional<Recorded> found = OpenCatalog.this.find(key, appliersReader);
      hadDroppable = found.isPresent() && !found.get().binds(index);
      return found;
    }
  }

  /** What binds the key now. */
  Optional<Recorded> outcome(String key) {
    return find(key, reader).filter(recorded -> recorded.binds(applied().index()));
  }

  /** Memory first: what leaves it is in the database by then, so nothing falls in between. */
  private Optional<Recorded> find(String key, CatalogReader from) {
    Optional<Recorded> unwritten = queue.find(key);
    if (unwritten.isPresent() || !filter.mayContain(key)) {
      return unwritten;
    }
    try {
      return from.outcome(key);
    } catch (SQLException e) {
      throw new IllegalStateException("looking up key " + key, e);
    }
  }

  /** Whatever has left the ring is written, for the ring holds more than may be unwritten. */
  List<Order> salesAfter(long number, int limit) {
    Optional<List<Order>> page = recent.after(number, limit);
    if (page.isPresent()) {
      return page.get();
    }
    try {
      List<Order> stored = reader.salesAfter(number, limit);
      if (stored.isEmpty() || stored.get(0).number() != number + 1) {
        throw new IllegalStateException("sale " + (number + 1) + " is not in the database");
      }
      return stored;
    } catch (SQLException e) {
      throw new IllegalStateException("reading sales after " + number, e);
    }
  }

  /** Completes once the database describes every book as it is now. */
  CompletionStage<Void> whenDescribed() {
    return queue.whenWritten(described);
  }

  FoundBooks search(Words words, int after, int limit) {
    try {
      return search.find(words, after, limit);
    } catch (SQLException e) {
      throw new IllegalStateException("searching for " + words, e);
    }
  }

  /** Writes what is there, ends the writer, closes every connection. */
  void close() {
    queue.close();
    release();
  }

  /** Closes every connection without writing what is there: a copy takes its place. */
  void abandon() {
    queue.abandon();
    release();
  }

  /** The readers' connections first: only the writer's can remove the WAL, as the last one. */
  private void release() {
    writer.join();
    try {
      appliersReader.close();
      reader.close();
      search.close();
      writer.closeConnection();
    } catch (SQLException e) {
      throw new IllegalStateException("closing the catalog's database", e);
    }
  }
}
