package com.pygmy.chaos;

import com.pygmy.chaos.Ledger.Slow;
import com.pygmy.history.BookState;
import com.pygmy.history.Checker;
import com.pygmy.history.Verdict;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Holds the evidence of a run against what a shop promises. */
public final class Judge {

  private final Evidence evidence;
  private final List<String> violations = new ArrayList<>();
  private final List<String> undecided = new ArrayList<>();

  private Judge(Evidence evidence) {
    this.evidence = evidence;
  }

  /** May take some seconds for a long history. */
  public static Judgement judge(Evidence evidence) {
    Judge judge = new Judge(evidence);
    judge.violations.addAll(evidence.troubles());
    judge.violations.addAll(evidence.ledger().violations());
    judge.checkHistory();
    judge.checkOutcomes();
    judge.checkDeadlines();
    evidence.inventories().forEach(judge::checkInventory);
    evidence.audit().forEach(difference -> judge.violations.add("audit: " + difference));
    return new Judgement(judge.violations, judge.undecided);
  }

  private void checkHistory() {
    Verdict verdict = new Checker(Checker.DEFAULT_STEPS).check(evidence.history());
    if (verdict instanceof Verdict.Illegal illegal) {
      violations.add("not linearizable: " + illegal.explanation());
    } else if (verdict instanceof Verdict.Unknown unknown) {
      undecided.add("the history of book " + unknown.book() + ": " + unknown.why());
    }
  }

  /** Every key was asked for until long after the last fault was over. */
  private void checkOutcomes() {
    Set<String> open = evidence.ledger().keysUndecided();
    if (!open.isEmpty()) {
      violations.add(open.size() + " keys never got an outcome, among them " + some(open));
    }
  }

  private void checkDeadlines() {
    for (Slow slow : evidence.ledger().slow()) {
      long taken = slow.ended() - slow.begun() - slow.heldUp();
      long excused = evidence.faults().stream().mapToLong(fault -> excused(fault, slow)).sum();
      if (taken - excused > TimeUnit.MILLISECONDS.toNanos(Caller.DEADLINE_MILLIS)) {
        violations.add(
            "%s at %s took %d ms"
                .formatted(
                    slow.what(),
                    slow.url(),
                    TimeUnit.NANOSECONDS.toMillis(slow.ended() - slow.begun())));
      }
    }
  }

  /** Nobody can ask a process to answer while it is stopped; afterwards, it has its time again. */
  private long excused(Injected fault, Slow slow) {
    boolean stopped =
        fault.stopsProcesses() && fault.nodes().contains(evidence.nodesByUrl().get(slow.url()));
    long overlap = Math.min(fault.over(), slow.ended()) - Math.max(fault.begun(), slow.begun());
    return stopped ? Math.max(0, overlap) : 0;
  }

  private void checkInventory(Inventory inventory) {
    String at = " at " + inventory.url();
    Map<String, JsonObject> byKey = new HashMap<>();
    Map<Integer, Long> sold = new HashMap<>();
    long expected = 1;
    for (JsonObject order : inventory.orders()) {
      long number = order.getLong("number", 0L);
      if (number != expected) {
        violations.add("order " + expected + " is missing before order " + number + at);
      }
      expected = number + 1;
      JsonObject other = byKey.putIfAbsent(order.getString("key", ""), order);
      if (other != null) {
        violations.add("one key, two orders: " + other + " and " + order + at);
      }
      for (Object each : order.getJsonArray("items")) {
        JsonObject line = (JsonObject) each;
        sold.merge(line.getInteger("book"), line.getLong("quantity"), Long::sum);
      }
    }
    checkKeys(byKey, at);
    checkStock(inventory, sold, at);
  }

  private void checkKeys(Map<String, JsonObject> byKey, String at) {
    Ledger ledger = evidence.ledger();
    ledger
        .orders()
        .forEach(
            (key, order) -> {
              JsonObject listed = byKey.get(key);
              if (listed == null) {
                violations.add("confirmed and lost: " + order + at);
              } else if (!listed.equals(order)) {
                violations.add("confirmed as " + order + ", listed as " + listed + at);
              }
            });
    Set<String> asked = ledger.keysAsked();
    Set<String> refused = ledger.keysRefused();
    byKey.forEach(
        (key, order) -> {
          if (!asked.contains(key)) {
            violations.add("nobody asked for " + order + at);
          } else if (refused.contains(key)) {
            violations.add("refused and sold: " + order + at);
          }
        });
  }

  private void checkStock(Inventory inventory, Map<Integer, Long> sold, String at) {
    Map<Integer, Long> restocked = evidence.ledger().restocked();
    evidence
        .load()
        .initial()
        .forEach(
            (book, initial) -> {
              long expected =
                  initial.stock() + restocked.getOrDefault(book, 0L) - sold.getOrDefault(book, 0L);
              BookState state = inventory.books().getOrDefault(book, BookState.ABSENT);
              if (state.stock() != expected) {
                violations.add(
                    "book %d has %d units%s: %d at first + %d restocked - %d sold = %d"
                        .formatted(
                            book,
                            state.stock(),
                            at,
                            initial.stock(),
                            restocked.getOrDefault(book, 0L),
                            sold.getOrDefault(book, 0L),
                            expected));
              }
            });
  }

  private static String some(Set<String> keys) {
    return String.join(", ", keys.stream().sorted().limit(3).toList());
  }
}
