package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** A clock may begin anywhere. */
  private final AtomicLong clock = new AtomicLong(-5 * SECOND);

  @Test
  void givesABurstAndThenAUnitAtATime() {
    RateLimiter limiter = limiter(3, 2 * SECOND, 10);
    assertEquals(0, limiter.take("a"));
    assertEquals(0, limiter.take("a"));
    assertEquals(0, limiter.take("a"));
    assertEquals(2, limiter.take("a"));
    clock.addAndGet(1);
    assertEquals(2, limiter.take("a"), "rounded up, so that it is enough");
    clock.addAndGet(2 * SECOND - 2);
    assertEquals(1, limiter.take("a"));
    clock.addAndGet(1);
    assertEquals(0, limiter.take("a"));
    assertEquals(2, limiter.take("a"));
  }

  @Test
  void aBucketHoldsNoMoreThanABurst() {
    RateLimiter limiter = limiter(2, SECOND, 10);
    limiter.take("a");
    clock.addAndGet(3_600 * SECOND);
    assertEquals(0, limiter.take("a"));
    assertEquals(0, limiter.take("a"));
    assertEquals(1, limiter.take("a"));
  }

  @Test
  void whatIsRefusedOrOnlyLookedAtCostsNothing() {
    RateLimiter limiter = limiter(1, SECOND, 10);
    assertEquals(0, limiter.secondsToWait("a"));
    assertEquals(0, limiter.take("a"));
    for (int i = 0; i < 100; i++) {
      assertEquals(1, limiter.take("a"));
      assertEquals(1, limiter.secondsToWait("a"));
    }
    clock.addAndGet(SECOND);
    assertEquals(0, limiter.take("a"));
  }

  @Test
  void clientsDoNotDisturbEachOther() {
    RateLimiter limiter = limiter(1, SECOND, 10);
    limiter.take("a");
    assertEquals(0, limiter.take("b"));
    assertEquals(1, limiter.take("a"));
  }

  @Test
  void forgetsWhoseBucketIsFull() {
    RateLimiter limiter = limiter(2, SECOND, 10);
    limiter.take("a");
    limiter.take("b");
    limiter.take("b");
    clock.addAndGet(SECOND);
    limiter.take("c");
    assertEquals(2, limiter.clients(), "b is still to have a unit, and c");
  }

  /** Who has many addresses is neither remembered without end, nor does it harm or free anybody. */
  @Test
  void aCrowdFillsNoMemoryLocksNobodyOutAndFreesNobodyWhoGuessed() {
    RateLimiter limiter = limiter(5, SECOND, 100);
    for (int i = 0; i < 5; i++) {
      assertEquals(0, limiter.take("guesser"));
    }
    for (int i = 0; i < 10_000; i++) {
      assertEquals(0, limiter.take("address " + i));
      assertTrue(limiter.clients() <= 100, limiter.clients() + " are remembered");
    }
    assertEquals(1, limiter.take("guesser"));
    assertEquals(0, limiter.take("somebody"));
  }

  /** As buckets that are filled up step by step. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void countsLikeBuckets(long seed) {
    Random chance = new Random(seed);
    int burst = 1 + chance.nextInt(5);
    long refill = 1L + chance.nextInt(1_000);
    RateLimiter limiter = limiter(burst, refill, 100);
    Map<String, Long> credits = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      long passed = chance.nextInt(3) == 0 ? chance.nextLong(3 * refill) : 0;
      clock.addAndGet(passed);
      credits.replaceAll((client, credit) -> Math.min(burst * refill, credit + passed));
      String client = "c" + chance.nextInt(8);
      long credit = credits.getOrDefault(client, burst * refill);
      boolean hasUnit = credit >= refill;
      assertEquals(hasUnit, limiter.take(client) == 0, "step " + i);
      credits.put(client, hasUnit ? credit - refill : credit);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2",
    "2001:db8:1:2:0:0:0:ff, 2001:db8:1:2",
    "fe80:0:0:0:1:2:3:4%eth0, fe80:0:0:0",
    "'', ''"
  })
  void aClientIsAnAddressOrANetworkOfIpv6(String address, String client) {
    assertEquals(client, ClientLimits.client(address));
  }

  private RateLimiter limiter(int burst, long refillNanos, int maxClients) {
    return new RateLimiter(burst, refillNanos, maxClients, clock::get);
  }
}
