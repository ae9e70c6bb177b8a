package com.pygmy.sim;

import com.pygmy.domain.Book;
import com.pygmy.domain.Command;
import java.util.ArrayList;
import java.util.List;

/**
 * The replicated log, as a log per term. The log of a new leader is any prefix of an earlier
 * leader's log that holds everything committed: so what was not committed may be inherited, or
 * lost, or come back two terms later. A deposed leader goes on appending to its own.
 */
final class Log {

  /** An entry: the same object wherever the log that holds it was inherited. */
  static final class Entry {
    final int term;
    final int admitted;
    final Command command;
    final Proposal proposal;

    /** Once committed: the books that it changed. */
    List<Book> changed = List.of();

    private Entry(int term, int admitted, Command command, Proposal proposal) {
      this.term = term;
      this.admitted = admitted;
      this.command = command;
      this.proposal = proposal;
    }

    /** Fencing: an entry counts only in the term in which it was admitted. */
    boolean isFenced() {
      return admitted != term;
    }

    boolean isCommand() {
      return command != null;
    }
  }

  private final World world;
  private final List<ArrayList<Entry>> logs = new ArrayList<>();
  private final ArrayList<Entry> committed = new ArrayList<>();

  Log(World world) {
    this.world = world;
    logs.add(new ArrayList<>()); // there is no term 0
  }

  /** The highest term that has a leader. */
  int term() {
    return logs.size() - 1;
  }

  /** The highest index that is committed. All up to it is visible: somebody may have seen it. */
  int committed() {
    return committed.size();
  }

  /** The committed entry at an index, from 1. */
  Entry at(int index) {
    return committed.get(index - 1);
  }

  /** Is an entry of the highest term committed? */
  boolean isReady() {
    return !committed.isEmpty() && committed.get(committed.size() - 1).term == term();
  }

  /**
   * A new term begins.
   *
   * @return the index of its first entry, which is no command
   */
  int elect() {
    List<Entry> inherited = List.of();
    if (term() > 0) {
      int source = term();
      if (world.dice.chance(0.3)) {
        source = 1 + world.dice.below(term());
      }
      while (!holdsCommitted(logs.get(source))) {
        source++; // the last leader's log always does
      }
      List<Entry> from = logs.get(source);
      int most = from.size() - committed.size();
      int length = committed.size();
      if (most > 0) {
        length += world.dice.chance(0.5) ? most : world.dice.below(most + 1);
      }
      inherited = from.subList(0, length);
    }
    ArrayList<Entry> log = new ArrayList<>(inherited);
    logs.add(log);
    log.add(new Entry(term(), term(), null, null));
    return log.size();
  }

  private boolean holdsCommitted(List<Entry> log) {
    return holds(log, committed, committed.size());
  }

  /** Are the first {@code length} entries the same? Then the last of them is the same object. */
  private static boolean holds(List<Entry> log, List<Entry> other, int length) {
    return log.size() >= length && (length == 0 || log.get(length - 1) == other.get(length - 1));
  }

  /**
   * Appends to the log of {@code term}, whose leader may have been deposed.
   *
   * @return the index
   */
  int append(int term, int admitted, Command command, Proposal proposal) {
    ArrayList<Entry> log = logs.get(term);
    log.add(new Entry(term, admitted, command, proposal));
    return log.size();
  }

  /** Does the log of {@code term} hold what is committed at {@code index}? */
  boolean isKept(int term, int index) {
    List<Entry> log = logs.get(term);
    return log.size() >= index && log.get(index - 1) == committed.get(index - 1);
  }

  /**
   * The leader of {@code term} commits what it can: up to an entry of its own term, which each
   * successor must have, if it was deposed.
   */
  void commit(int term) {
    List<Entry> log = logs.get(term);
    if (!holdsCommitted(log)) {
      return;
    }
    int end = log.size();
    while (end > committed.size() && !isCommittable(log, end, term)) {
      end--;
    }
    for (int next = committed.size(); next < end; next++) {
      Entry entry = log.get(next);
      committed.add(entry);
      world.truth.decide(committed.size(), entry);
    }
  }

  private boolean isCommittable(List<Entry> log, int length, int term) {
    if (log.get(length - 1).term != term) {
      return false;
    }
    for (int later = term + 1; later <= term(); later++) {
      if (!holds(logs.get(later), log, length)) {
        return false;
      }
    }
    return true;
  }
}
