package com.pygmy.replication;

/** Whether a linearizable read may be answered from this replica's state. */
public sealed interface ReadPoint {

  /**
   * This replica has applied everything that anyone could have seen when the read was asked for.
   *
   * @param term in which leadership was confirmed
   * @param index applied here, at least
   */
  record Confirmed(long term, long index) implements ReadPoint {}

  /** No majority confirmed in time, or this replica could not catch up in time. */
  record Unavailable(String why) implements ReadPoint {}
}
