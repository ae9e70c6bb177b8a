package com.pygmy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.load.Waits.Gap;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WaitsTest {

  private final Waits waits = new Waits(100);

  @Test
  void theTimeFromTheLastServiceToTheNextIsAGapWhileSomebodyWaits() {
    waits.begun(0);
    waits.begun(5);
    waits.served(10);
    waits.served(500);
    assertEquals(List.of(new Gap(10, 500)), waits.noticed(900).gaps());
  }

  @Test
  void itIsNoGapWhenNobodyAsks() {
    waits.begun(0);
    waits.served(10);
    waits.begun(5_000);
    waits.served(5_020);
    assertEquals(List.of(), waits.noticed(9_000).gaps());
    assertEquals(new Gap(5_000, 5_020), waits.noticed(9_000).longest());
  }

  @Test
  void aRequestGivenUpDoesNotEndTheGap() {
    waits.begun(0);
    waits.inVain();
    waits.begun(60);
    waits.inVain();
    waits.begun(120);
    waits.served(150);
    assertEquals(List.of(new Gap(0, 150)), waits.noticed(150).gaps());
  }

  @Test
  void aWrongAnswerLeavesNobodyWaiting() {
    waits.begun(0);
    waits.answeredWrongly();
    waits.begun(9_000);
    waits.served(9_010);
    assertEquals(10, waits.noticed(9_010).longest().nanos());
  }

  @Test
  void aGapThatLastsIsNoticedAndGoesOn() {
    waits.begun(0);
    assertEquals(List.of(new Gap(0, 300)), waits.noticed(300).gaps());
    waits.served(400);
    assertEquals(List.of(new Gap(0, 400)), waits.noticed(500).gaps());
    assertEquals(1, waits.noticed(500).count());
  }

  @Test
  void shortOnesAreNotTold() {
    waits.begun(0);
    waits.served(99);
    assertEquals(0, waits.noticed(99).count());
    assertEquals(99, waits.noticed(99).longest().nanos());
  }

  @Test
  void keepsTheFirstAndCountsAll() {
    for (int i = 0; i < 2_000; i++) {
      waits.begun(i * 1_000L);
      waits.served(i * 1_000L + 200);
    }
    assertEquals(2_000, waits.noticed(2_000_000).count());
    assertEquals(500, waits.noticed(2_000_000).gaps().size());
  }
}
