package com.pygmy.config;

/** How a frontend picks among the live replicas of a service. */
public enum Balancing {
  /** A live replica in the same JVM, else round robin. */
  LOCAL_FIRST,
  ROUND_ROBIN,
  /** The replica with the fewest requests outstanding. */
  LEAST_LOADED,
  /** One customer, one replica. */
  SESSION;

  /** As in the conf file. */
  public String label() {
    return Labels.of(this);
  }
}
