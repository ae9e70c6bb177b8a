package com.pygmy.cluster;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The rules by which one contender takes, keeps and gives up a lock that is one entry of a shared
 * map. Pure: it is told the time and what the map answered, and says what to ask the map next. One
 * question at a time; not thread-safe.
 *
 * <p>The entry is {@code owner:counter}. A contender never writes the same entry twice, so an entry
 * that is unchanged was not touched in between.
 *
 * <table>
 * <caption>What it asks</caption>
 * <tr><td>wants, was not awake for {@link #HOLD_MILLIS}</td><td>nothing for {@link
 *     #REST_MILLIS}</td></tr>
 * <tr><td>wants, its own entry stands, renewed {@link #RENEW_MILLIS} ago</td><td>replace it by the
 *     next one</td></tr>
 * <tr><td>wants, there is none</td><td>put one if absent</td></tr>
 * <tr><td>wants, a foreign one stood unchanged for {@link #TAKEOVER_MILLIS}</td><td>replace exactly
 *     that one</td></tr>
 * <tr><td>wants, otherwise</td><td>read</td></tr>
 * <tr><td>gives up, its own entry stands</td><td>remove exactly that one</td></tr>
 * <tr><td>an answer got lost</td><td>read</td></tr>
 * </table>
 *
 * <p>Why there are no two holders while the map is one map: the holder's last success was written
 * after it was sent, and it counts from the sending; another saw that entry after it was written,
 * counts from the seeing, waits longer, and then replaces exactly what it saw.
 *
 * <p>Why it rests: a process that was frozen has been put out of the cluster meanwhile, and does
 * not know. Whatever it keeps of the map itself stood still with it and takes its writes, so it
 * would win there while another holds the lock in the real map. Soon it is a member again.
 */
final class LockRules {

  /** A holder calls itself so for this long after it sent its last successful write. */
  static final long HOLD_MILLIS = 2_000;

  /**
   * A foreign entry is taken over when it stood unchanged for so long. More than {@link
   * #HOLD_MILLIS} by more than two clocks can drift apart.
   */
  static final long TAKEOVER_MILLIS = 2_500;

  /** A holder renews its entry so often. */
  static final long RENEW_MILLIS = 500;

  /**
   * Who was frozen leaves the lock to others for so long: rejoining the cluster takes up to six
   * seconds.
   */
  static final long REST_MILLIS = 10_000;

  private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS);
  private static final long RENEW_NANOS = TimeUnit.MILLISECONDS.toNanos(RENEW_MILLIS);
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(REST_MILLIS);
  private static final long TAKEOVER_NANOS = TimeUnit.MILLISECONDS.toNanos(TAKEOVER_MILLIS);

  /** What to ask the map. */
  sealed interface Ask {
    /** Nothing until the next turn. */
    record Nothing() implements Ask {}

    /** Answered by {@link LockRules#read}. */
    record Read() implements Ask {}

    /** Answered by {@link LockRules#put}. */
    record Put(String entry) implements Ask {}

    /** Answered by {@link LockRules#replaced}. */
    record Replace(String entry, String by) implements Ask {}

    /** Answered by {@link LockRules#removed}. */
    record Remove(String entry) implements Ask {}
  }

  private final String prefix;
  private long counter;
  private boolean wants;

  /** The entry that stands in the map as far as we know, if it is ours. */
  private Optional<String> mine = Optional.empty();

  /** Set by a successful write until a failed one: with {@link #sentAt} of that write. */
  private boolean succeeded;

  private long succeededAt;

  /** The foreign entry that was read last, and when it was first read. */
  private Optional<String> foreign = Optional.empty();

  private long foreignSince;

  /** Read since the last write, and there was no entry. */
  private boolean vacant;

  /** An answer got lost: an entry of ours may stand that we do not know. */
  private boolean doubt;

  /** When it was last awake, since it wants. */
  private OptionalLong awakeAt = OptionalLong.empty();

  /** Set by a sleep: when the rest ends. */
  private OptionalLong restUntil = OptionalLong.empty();

  private Ask asked = new Ask.Nothing();
  private long sentAt;

  /**
   * @param owner differs from every other contender's, those of former processes included; without
   *     a colon
   */
  LockRules(String owner) {
    if (owner.isEmpty() || owner.indexOf(':') >= 0) {
      throw new IllegalArgumentException("no owner of a lock: '" + owner + "'");
    }
    this.prefix = owner + ":";
  }

  void want() {
    if (!wants) {
      awakeAt = OptionalLong.empty();
    }
    wants = true;
  }

  /** From now on this is no holder. The entry goes with the next turns. */
  void giveUp() {
    wants = false;
    succeeded = false;
  }

  /** To be told at every turn, also while a question is open: so it learns that it was frozen. */
  void awake(long now) {
    if (wants && awakeAt.isPresent() && now - awakeAt.getAsLong() >= HOLD_NANOS) {
      restUntil = OptionalLong.of(now + REST_NANOS);
      succeeded = false;
      forget();
      doubt = true;
    }
    awakeAt = OptionalLong.of(now);
  }

  private boolean rests(long now) {
    return restUntil.isPresent() && now - restUntil.getAsLong() < 0;
  }

  boolean wants() {
    return wants;
  }

  boolean holds(long now) {
    return wants && succeeded && now - succeededAt < HOLD_NANOS;
  }

  /** Whether nothing of ours is left in the map, as far as we know. */
  boolean isClear() {
    return !wants && mine.isEmpty() && !doubt;
  }

  /** Whether the next question may follow the last answer at once, without waiting for a turn. */
  boolean isEager(long now) {
    // After a read that brought nothing to act on, the next read waits: no busy loop on a map that
    // fails at once.
    return wants
        ? !holds(now) && !(asked instanceof Ask.Read && !vacant)
        : !isClear() && !(asked instanceof Ask.Read && mine.isEmpty());
  }

  /** What to ask now. The answer comes before the next call. */
  Ask next(long now) {
    asked = choose(now);
    sentAt = now;
    return asked;
  }

  private Ask choose(long now) {
    if (!wants) {
      return mine.<Ask>map(Ask.Remove::new)
          .orElseGet(() -> doubt ? new Ask.Read() : new Ask.Nothing());
    }
    if (rests(now)) {
      return new Ask.Nothing();
    }
    if (mine.isPresent()) {
      boolean due = !succeeded || now - succeededAt >= RENEW_NANOS;
      return due ? new Ask.Replace(mine.get(), fresh()) : new Ask.Nothing();
    }
    if (vacant) {
      return new Ask.Put(fresh());
    }
    if (foreign.isPresent() && now - foreignSince >= TAKEOVER_NANOS) {
      return new Ask.Replace(foreign.get(), fresh());
    }
    return new Ask.Read();
  }

  private String fresh() {
    counter++;
    return prefix + counter;
  }

  /** The entry that {@link Ask.Read} found. */
  void read(Optional<String> entry, long now) {
    doubt = false;
    vacant = entry.isEmpty();
    if (vacant) {
      mine = Optional.empty();
      foreign = Optional.empty();
    } else if (entry.get().startsWith(prefix)) {
      // From a write whose answer got lost. Ours to renew or remove, but no proof of holding.
      mine = entry;
      foreign = Optional.empty();
    } else {
      mine = Optional.empty();
      if (!entry.equals(foreign)) {
        foreign = entry;
        foreignSince = now;
      }
    }
  }

  /** The entry that kept {@link Ask.Put} from putting; none when it put. */
  void put(Optional<String> hindrance, long now) {
    if (hindrance.isPresent()) {
      read(hindrance, now);
    } else {
      won(((Ask.Put) asked).entry());
    }
  }

  /** Whether {@link Ask.Replace} replaced. */
  void replaced(boolean done) {
    if (done) {
      won(((Ask.Replace) asked).by());
    } else {
      lost();
    }
  }

  /** Whether {@link Ask.Remove} removed. If not, another had taken over. */
  void removed(boolean done) {
    mine = Optional.empty();
    vacant = done;
  }

  /** The answer got lost: what was asked may have been done, or be done later. */
  void unknown() {
    if (asked instanceof Ask.Put || asked instanceof Ask.Replace || asked instanceof Ask.Remove) {
      vacant = false;
      doubt = true;
      if (!(asked instanceof Ask.Replace replace && mine.equals(Optional.of(replace.entry())))) {
        mine = Optional.empty();
        foreign = Optional.empty();
      }
    }
  }

  private void won(String entry) {
    mine = Optional.of(Objects.requireNonNull(entry));
    foreign = Optional.empty();
    vacant = false;
    doubt = false;
    succeeded = wants;
    succeededAt = sentAt;
  }

  private void lost() {
    forget();
    succeeded = false;
  }

  /** Knows of no entry; the next question is what there is. */
  private void forget() {
    mine = Optional.empty();
    foreign = Optional.empty();
    vacant = false;
  }
}
