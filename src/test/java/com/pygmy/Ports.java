package com.pygmy;

import java.util.List;

/** Free ports of the loopback for tests, by {@link com.pygmy.chaos.Ports}. */
public final class Ports {

  private Ports() {}

  /** Nobody listens on it now. */
  public static int free() {
    return com.pygmy.chaos.Ports.free();
  }

  /** So many. */
  public static List<Integer> free(int count) {
    return com.pygmy.chaos.Ports.free(count);
  }

  /** Nobody listens on it. */
  public static boolean isFree(int port) {
    return com.pygmy.chaos.Ports.isFree(port);
  }
}
