package com.pygmy.store;

import com.pygmy.domain.Command;
import com.pygmy.domain.Effect;
import com.pygmy.domain.RandomCommands;
import com.pygmy.domain.ReferenceStore;
import com.pygmy.replication.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A catalog store, the log that feeds it, and the model it is compared with. */
final class StoreUnderTest implements AutoCloseable {
  static final CatalogStore.Settings SETTINGS =
      new CatalogStore.Settings(2_000, 2_000, 2, 50, 50, 12_000, 1 << 16);

  /** Checkpoints only when the store is opened and closed. */
  static final CatalogStore.Settings NO_CHECKPOINTS =
      new CatalogStore.Settings(2_000, 60_000, 2, 1 << 30, 1 << 30, 12_000, 1 << 16);

  record Entry(Position position, long at, List<Command> commands, List<Effect> effects) {}

  final ReferenceStore model = new ReferenceStore();
  final List<Entry> log = new ArrayList<>();
  final List<Throwable> fatal = new ArrayList<>();
  private final Random random;
  private final RandomCommands commands;
  private final CatalogStore.Settings settings;
  private final Path file;
  CatalogStore store;

  StoreUnderTest(Path file, CatalogStore.Settings settings, long seed) throws IOException {
    this.file = file;
    this.settings = settings;
    this.random = new Random(seed);
    this.commands = new RandomCommands(random);
    this.store = open(file);
  }

  CatalogStore open(Path path) throws IOException {
    return CatalogStore.open(
        path,
        settings,
        System::nanoTime,
        failure -> {
          synchronized (fatal) {
            fatal.add(failure);
          }
        });
  }

  void reopen() throws IOException {
    store.close();
    store = open(file);
  }

  Position last() {
    return log.isEmpty() ? Position.START : log.get(log.size() - 1).position();
  }

  /** Applies entries of random commands, to the store and to the model. */
  void feed(int entries) {
    for (int i = 0; i < entries; i++) {
      long index = last().index() + 1 + random.nextInt(2);
      List<Command> batch = new ArrayList<>();
      for (int c = random.nextInt(12); c >= 0; c--) {
        batch.add(commands.next(index));
      }
      feed(new Position(1 + index / 500, index), batch);
    }
  }

  List<Effect> feed(Position position, List<Command> batch) {
    List<Effect> expected = model.apply(position.index(), position.index() * 10, batch);
    log.add(new Entry(position, position.index() * 10, batch, expected));
    List<Effect> effects = store.apply(position, position.index() * 10, batch);
    if (!expected.equals(effects)) {
      throw new AssertionError("at " + position + ": " + effects + ", not " + expected);
    }
    return effects;
  }

  void awaitWritten() throws Exception {
    long index = store.applied().index();
    store.whenWritten(index).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 20 s: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  /** Feeds a recovered store what it lacks, and compares everything with the model. */
  void catchUpAndCompare(CatalogStore recovered) throws Exception {
    Position from = recovered.restored();
    for (Entry entry : log) {
      if (entry.position().index() > from.index()) {
        List<Effect> effects = recovered.apply(entry.position(), entry.at(), entry.commands());
        if (!effects.equals(entry.effects())) {
          throw new AssertionError("replay at " + entry.position() + " decides otherwise");
        }
      }
    }
    compare(recovered);
  }

  void compare(CatalogStore other) throws Exception {
    require(model.books().equals(other.catalog().shelf().page(0, 1_000)), "books");
    require(model.catalog.storeId().equals(other.catalog().storeId()), "storeId");
    require(model.catalog.at() == other.catalog().at(), "log time");
    require(model.sales.equals(allSales(other)), "sales");
    for (var known : model.outcomes.entrySet()) {
      require(
          other.outcome(known.getKey()).equals(java.util.Optional.of(known.getValue())),
          "outcome of " + known.getKey());
    }
  }

  static List<com.pygmy.domain.Order> allSales(CatalogStore store) {
    List<com.pygmy.domain.Order> sales = new ArrayList<>();
    while (sales.size() < store.lastOrderNumber()) {
      sales.addAll(store.salesAfter(sales.size(), 333));
    }
    return sales;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what + " differ from the model");
    }
  }

  /**
   * Copies a live file. That drops SQLite's locks on it in this process, which nobody misses here.
   */
  static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    store.close();
    if (!fatal.isEmpty()) {
      throw new AssertionError("the store failed", fatal.get(0));
    }
  }
}
