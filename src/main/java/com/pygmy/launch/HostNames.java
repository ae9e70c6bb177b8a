package com.pygmy.launch;

import java.security.Security;

/**
 * How long this process goes on to believe the address of a host. Java's own half a minute, and 10
 * s that a name is unknown, would keep a replica away that is back under another address.
 */
final class HostNames {
  private static final String SECONDS = "3";
  private static final String UNKNOWN_SECONDS = "1";

  private HostNames() {}

  /** To be called before the first name is looked up: Java reads it once. */
  static void believeBriefly() {
    Security.setProperty("networkaddress.cache.ttl", SECONDS);
    Security.setProperty("networkaddress.cache.negative.ttl", UNKNOWN_SECONDS);
    // gRPC's own cache of names goes by the system property of that name.
    System.setProperty("networkaddress.cache.ttl", SECONDS);
  }
}
