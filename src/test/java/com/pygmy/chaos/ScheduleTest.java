package com.pygmy.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ScheduleTest {

  private static final List<FaultKind> ALL = List.of(FaultKind.values());

  @Test
  void theSameSeedBringsTheSameFaults() {
    assertEquals(first(100, 7, ALL), first(100, 7, ALL));
    assertNotEquals(first(100, 7, ALL), first(100, 8, ALL));
  }

  @Test
  void everyKindComesOnceInARound() {
    List<Fault> faults = first(3 * ALL.size(), 1, ALL);
    for (int round = 0; round < 3; round++) {
      Set<FaultKind> kinds =
          faults.subList(round * ALL.size(), (round + 1) * ALL.size()).stream()
              .map(Fault::kind)
              .collect(Collectors.toCollection(() -> EnumSet.noneOf(FaultKind.class)));
      assertEquals(EnumSet.allOf(FaultKind.class), kinds);
    }
  }

  @Test
  void freezesLastTwoSecondsOrTen() {
    Set<Long> held =
        first(50, 1, List.of(FaultKind.FREEZE)).stream()
            .map(Fault::holdMillis)
            .collect(Collectors.toSet());
    assertEquals(Set.of(2_000L, 10_000L), held);
  }

  @Test
  void aKillIsOverAsSoonAsItHasHappened() {
    assertTrue(first(9, 1, List.of(FaultKind.KILL)).stream().allMatch(f -> f.holdMillis() == 0));
  }

  @Test
  void aScheduleNeedsAFault() {
    assertThrows(IllegalArgumentException.class, () -> new Schedule(1, List.of()));
  }

  @Test
  void everyKindIsFoundByItsLabel() {
    for (FaultKind kind : FaultKind.values()) {
      assertEquals(kind, FaultKind.of(kind.label()).orElseThrow());
    }
    assertEquals("kill-leader", FaultKind.KILL_LEADER.label());
    assertTrue(FaultKind.of("earthquake").isEmpty());
  }

  private static List<Fault> first(int count, long seed, List<FaultKind> kinds) {
    Schedule schedule = new Schedule(seed, kinds);
    return Stream.generate(schedule::next).limit(count).toList();
  }
}
