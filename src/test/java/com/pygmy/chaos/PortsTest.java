package com.pygmy.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PortsTest {

  /** More than a block has. */
  private static final int MANY = 300;

  /** What keeps two of them apart is the system's, and keeps two processes apart, too. */
  @Test
  void noPortIsGivenTwiceThoughTwoBeginAtTheSamePlace() {
    Ports one = new Ports(0);
    Ports other = new Ports(0);
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < MANY; i++) {
      given.add(one.take());
      given.add(other.take());
    }
    assertEquals(2 * MANY, given.size());
    assertTrue(given.stream().allMatch(port -> port > 15_000 && port < 32_000));
  }

  @Test
  void aPortThatSomebodyListensOnIsNotGiven() throws IOException {
    Ports ports = new Ports(0);
    int next = ports.take() + 1;
    try (ServerSocket other = new ServerSocket(next, 1, InetAddress.getLoopbackAddress())) {
      assertFalse(Ports.isFree(other.getLocalPort()));
      assertTrue(ports.take() > next);
    }
  }
}
