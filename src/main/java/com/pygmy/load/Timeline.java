package com.pygmy.load;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What happened when, in slots of equal width. There are never more than {@value #MOST_SLOTS}: when
 * they are full, each two become one of twice the width.
 */
final class Timeline {

  static final int MOST_SLOTS = 1_200;
  private static final long FIRST_WIDTH_NANOS = 100_000_000;

  private final long begin;
  private final List<Slot> slots = new ArrayList<>();
  private long width = FIRST_WIDTH_NANOS;

  /** The figures of a slot. */
  static final class Slot {
    private final Map<Kind, Long> served = new EnumMap<>(Kind.class);
    private final Map<Kind, Long> slowestMicros = new EnumMap<>(Kind.class);
    private long failed;
    private long retried;
    private long shed;

    long served(Kind kind) {
      return served.getOrDefault(kind, 0L);
    }

    /** 0 if there was none. */
    long slowestMicros(Kind kind) {
      return slowestMicros.getOrDefault(kind, 0L);
    }

    /** Requests without a good answer in the end. */
    long failed() {
      return failed;
    }

    /** Attempts that failed and were followed by another. */
    long retried() {
      return retried;
    }

    long shed() {
      return shed;
    }

    private Slot plus(Slot other) {
      Slot sum = new Slot();
      for (Slot one : List.of(this, other)) {
        one.served.forEach((kind, count) -> sum.served.merge(kind, count, Long::sum));
        one.slowestMicros.forEach((kind, time) -> sum.slowestMicros.merge(kind, time, Math::max));
      }
      sum.failed = failed + other.failed;
      sum.retried = retried + other.retried;
      sum.shed = shed + other.shed;
      return sum;
    }
  }

  /** The whole of it, of slots of one width. */
  record Slots(double widthSeconds, List<Slot> slots) {
    Slots {
      slots = List.copyOf(slots);
    }

    /** The same in fewer slots: {@code most} or less. */
    Slots coarser(int most) {
      Slots coarser = this;
      while (coarser.slots.size() > most) {
        coarser = new Slots(coarser.widthSeconds * 2, paired(coarser.slots));
      }
      return coarser;
    }
  }

  Timeline(long begin) {
    this.begin = begin;
  }

  void served(Kind kind, long at, long micros) {
    Slot slot = slot(at);
    slot.served.merge(kind, 1L, Long::sum);
    slot.slowestMicros.merge(kind, micros, Math::max);
  }

  void failed(long at) {
    slot(at).failed++;
  }

  void retried(long at) {
    slot(at).retried++;
  }

  void shed(long at) {
    slot(at).shed++;
  }

  /** Up to a moment, also when nothing happened lately. */
  Slots until(long now) {
    slot(now);
    return new Slots(width / 1e9, slots.stream().map(new Slot()::plus).toList());
  }

  private Slot slot(long at) {
    while ((at - begin) / width >= MOST_SLOTS) {
      List<Slot> paired = paired(slots);
      slots.clear();
      slots.addAll(paired);
      width *= 2;
    }
    int index = (int) (Math.max(0, at - begin) / width);
    while (slots.size() <= index) {
      slots.add(new Slot());
    }
    return slots.get(index);
  }

  private static List<Slot> paired(List<Slot> slots) {
    List<Slot> paired = new ArrayList<>();
    for (int i = 0; i < slots.size(); i += 2) {
      paired.add(i + 1 < slots.size() ? slots.get(i).plus(slots.get(i + 1)) : slots.get(i));
    }
    return paired;
  }
}
