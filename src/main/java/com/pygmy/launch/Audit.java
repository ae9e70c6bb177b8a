package com.pygmy.launch;

import com.pygmy.launch.DataFolder.NodeFolder;
import com.pygmy.store.StoreAudit;
import com.pygmy.store.StoreAudit.CatalogFindings;
import com.pygmy.store.StoreAudit.OrdersFindings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One look at all databases below a data folder, each by itself and compared with the others. The
 * store may be live: orders are compared as far as all have come, as they never change; books only
 * between replicas that stand at the same position.
 */
final class Audit {

  private static final long RETRY_MILLIS = 300;

  private final List<Checked> checked = new ArrayList<>();
  private final List<String> differences = new ArrayList<>();
  private long comparedOrders;
  private boolean allBooksCompared;

  /**
   * A database and what was found in it; neither finding if it could not be read.
   *
   * @param digest of the orders that all have
   */
  record Checked(
      String node,
      Path file,
      Optional<CatalogFindings> catalog,
      Optional<OrdersFindings> orders,
      Optional<String> digest) {

    String service() {
      return file.getParent().getFileName().toString();
    }

    String name() {
      return node + " " + service();
    }

    OptionalLong lastOrderNumber() {
      if (catalog.isPresent()) {
        return OptionalLong.of(catalog.get().lastOrderNumber());
      }
      return orders.isPresent()
          ? OptionalLong.of(orders.get().lastOrderNumber())
          : OptionalLong.empty();
    }

    Optional<String> storeId() {
      return catalog
          .flatMap(CatalogFindings::storeId)
          .or(() -> orders.flatMap(OrdersFindings::storeId));
    }

    private Checked withDigest(String text) {
      return new Checked(node, file, catalog, orders, Optional.of(text));
    }
  }

  private Audit() {}

  /** Reads every row of every database, and blocks. */
  static Audit of(DataFolder data) {
    Audit audit = new Audit();
    for (NodeFolder node : data.nodes()) {
      Path catalog = node.path().resolve("catalog").resolve("catalog.db");
      if (Files.exists(catalog)) {
        audit.checkCatalog(node.name(), catalog);
      }
      Path orders = node.path().resolve("order").resolve("orders.db");
      if (Files.exists(orders)) {
        audit.checkOrders(node.name(), orders);
      }
    }
    audit.compareStores();
    audit.compareOrders();
    audit.compareBooks();
    return audit;
  }

  /**
   * The first look that is settled, or the last one in this time. A live store is asked for again
   * until all catalogs stand at the same position; a database that is just being replaced cannot be
   * read, and that passes, while true damage does not.
   */
  static Audit settled(DataFolder data, long waitMillis, LongSupplier nanoClock)
      throws InterruptedException {
    boolean isLive = data.nodes().stream().anyMatch(n -> n.pidFile().alive().isPresent());
    long start = nanoClock.getAsLong();
    Audit audit = Audit.of(data);
    while (isLive
        && !audit.isSettled()
        && nanoClock.getAsLong() - start < TimeUnit.MILLISECONDS.toNanos(waitMillis)) {
      Thread.sleep(RETRY_MILLIS);
      audit = Audit.of(data);
    }
    return audit;
  }

  private boolean isSettled() {
    return allBooksCompared && checked.stream().allMatch(one -> one.lastOrderNumber().isPresent());
  }

  List<Checked> checked() {
    return List.copyOf(checked);
  }

  /** From what must be so; none: all is sound. */
  List<String> differences() {
    return List.copyOf(differences);
  }

  /** The orders from 1 to this are the same everywhere, unless a difference says otherwise. */
  long comparedOrders() {
    return comparedOrders;
  }

  /** Did all catalogs stand at the same position, so that their books could be compared? */
  boolean isEveryBookCompared() {
    return allBooksCompared;
  }

  private void checkCatalog(String node, Path file) {
    try {
      CatalogFindings found = StoreAudit.catalog(file);
      add(new Checked(node, file, Optional.of(found), Optional.empty(), Optional.empty()));
      found.differences().forEach(difference -> differ(node + " catalog", difference));
    } catch (IOException e) {
      unreadable(node, file, e);
    }
  }

  private void checkOrders(String node, Path file) {
    try {
      OrdersFindings found = StoreAudit.orders(file);
      add(new Checked(node, file, Optional.empty(), Optional.of(found), Optional.empty()));
      found.differences().forEach(difference -> differ(node + " order", difference));
    } catch (IOException e) {
      unreadable(node, file, e);
    }
  }

  private void unreadable(String node, Path file, IOException e) {
    Checked unread = new Checked(node, file, Optional.empty(), Optional.empty(), Optional.empty());
    add(unread);
    differ(unread.name(), "cannot be read: " + e.getMessage());
  }

  private void compareStores() {
    TreeSet<String> ids = new TreeSet<>();
    checked.forEach(one -> one.storeId().ifPresent(ids::add));
    if (ids.size() > 1) {
      differences.add("these are " + ids.size() + " different stores: " + String.join(", ", ids));
    }
  }

  private void compareOrders() {
    comparedOrders =
        checked.stream().flatMapToLong(one -> one.lastOrderNumber().stream()).min().orElse(0);
    Map<String, List<String>> namesByDigest = new TreeMap<>();
    for (int i = 0; i < checked.size(); i++) {
      Checked one = checked.get(i);
      if (one.lastOrderNumber().isPresent()) {
        try {
          String digest = StoreAudit.digest(one.file(), comparedOrders);
          checked.set(i, one.withDigest(digest));
          namesByDigest.computeIfAbsent(digest, d -> new ArrayList<>()).add(one.name());
        } catch (IOException e) {
          differ(one.name(), "its orders cannot be read: " + e.getMessage());
        }
      }
    }
    if (namesByDigest.size() > 1) {
      differences.add(
          "the orders 1 to " + comparedOrders + " differ between " + namesByDigest.values());
    }
  }

  private void compareBooks() {
    List<Checked> catalogs = checked.stream().filter(one -> one.catalog().isPresent()).toList();
    allBooksCompared =
        catalogs.stream().map(one -> one.catalog().get().position()).distinct().count() <= 1;
    for (int i = 0; i < catalogs.size(); i++) {
      CatalogFindings one = catalogs.get(i).catalog().get();
      // The first other at the same position: equality needs no more than a chain.
      for (int j = i + 1; j < catalogs.size(); j++) {
        CatalogFindings other = catalogs.get(j).catalog().get();
        if (one.position().equals(other.position())) {
          String names = catalogs.get(i).name() + " and " + catalogs.get(j).name();
          StoreAudit.compareBooks(one, other).forEach(difference -> differ(names, difference));
          break;
        }
      }
    }
  }

  private void add(Checked one) {
    checked.add(one);
  }

  private void differ(String where, String difference) {
    differences.add(where + ": " + difference);
  }
}
