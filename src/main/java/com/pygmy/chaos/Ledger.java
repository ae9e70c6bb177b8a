package com.pygmy.chaos;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * What clients were told, and what they must not have been told. Thread-safe.
 *
 * <p>A violation is noted with the moment's facts; of many, the first are kept and all are counted.
 */
public final class Ledger {

  private static final int KEPT = 50;

  private final Map<String, JsonObject> ordersByKey = new HashMap<>();
  private final List<JsonObject> orders = new ArrayList<>();
  private final Map<Long, String> keysByNumber = new HashMap<>();
  private final Set<String> asked = new TreeSet<>();
  private final Set<String> refused = new TreeSet<>();
  private final Set<String> undecided = new TreeSet<>();
  private final Map<Integer, Long> restocked = new TreeMap<>();
  private final List<String> violations = new ArrayList<>();
  private final List<Slow> slow = new ArrayList<>();
  private final Windows buys = new Windows();
  private final Windows reads = new Windows();
  private long violationCount;
  private long changes;
  private long retries;

  /**
   * A request that took longer than a frontend may take.
   *
   * @param heldUp the longest time meanwhile in which this process did not run
   */
  public record Slow(String url, String what, long begun, long ended, long heldUp) {}

  /** The figures. */
  public record Counts(
      long reads, long bought, long refused, long undecided, long changes, long retries) {}

  synchronized void asked(String key) {
    asked.add(key);
    undecided.add(key);
  }

  /** An order was confirmed for a key: the first time or again. */
  synchronized void confirmed(String key, JsonObject order, long at) {
    JsonObject known = ordersByKey.putIfAbsent(key, order);
    long number = order.getLong("number", 0L);
    if (known != null && !known.equals(order)) {
      violated("key " + key + " was answered with " + known + " and with " + order);
    } else if (known == null) {
      orders.add(order);
      buys.success(at);
      String other = keysByNumber.putIfAbsent(number, key);
      if (other != null) {
        violated("order " + number + " was confirmed for key " + other + " and for key " + key);
      }
    }
    if (refused.contains(key)) {
      violated("key " + key + " was refused, and then sold as order " + number);
    }
    if (!key.equals(order.getString("key"))) {
      violated("key " + key + " was answered with the order of another key: " + order);
    }
    undecided.remove(key);
  }

  synchronized void refused(String key) {
    refused.add(key);
    undecided.remove(key);
    if (ordersByKey.containsKey(key)) {
      violated("key " + key + " was sold and then refused: " + ordersByKey.get(key));
    }
  }

  /** An administrator's command was carried out; units that it put on the shelf, or 0. */
  synchronized void changed(String key, int book, int units) {
    undecided.remove(key);
    restocked.merge(book, (long) units, Long::sum);
    changes++;
  }

  void read(long at) {
    reads.success(at);
  }

  synchronized void retried() {
    retries++;
  }

  synchronized void slow(Slow one) {
    slow.add(one);
  }

  synchronized void violated(String what) {
    violationCount++;
    if (violations.size() < KEPT) {
      violations.add(what);
    }
  }

  /** One that has been confirmed, if there is one. */
  synchronized Optional<JsonObject> anyOrder(RandomGenerator random) {
    return orders.isEmpty()
        ? Optional.empty()
        : Optional.of(orders.get(random.nextInt(orders.size())));
  }

  /** The confirmed orders by their keys. */
  public synchronized Map<String, JsonObject> orders() {
    return Map.copyOf(ordersByKey);
  }

  /** The keys of all buys and commands that were ever sent. */
  synchronized Set<String> keysAsked() {
    return Set.copyOf(asked);
  }

  synchronized Set<String> keysRefused() {
    return Set.copyOf(refused);
  }

  /** The keys of which nobody ever said what became. */
  synchronized Set<String> keysUndecided() {
    return Set.copyOf(undecided);
  }

  /** Units, by book. */
  synchronized Map<Integer, Long> restocked() {
    return Map.copyOf(restocked);
  }

  public synchronized List<String> violations() {
    List<String> all = new ArrayList<>(violations);
    if (violationCount > KEPT) {
      all.add("and " + (violationCount - KEPT) + " more");
    }
    return all;
  }

  public synchronized List<Slow> slow() {
    return List.copyOf(slow);
  }

  /** When buys were confirmed. */
  public Windows buys() {
    return buys;
  }

  /** When books were read. */
  public Windows reads() {
    return reads;
  }

  public synchronized Counts counts() {
    return new Counts(
        reads.count(), buys.count(), refused.size(), undecided.size(), changes, retries);
  }
}
