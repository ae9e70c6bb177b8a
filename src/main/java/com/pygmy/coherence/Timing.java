package com.pygmy.coherence;

import java.util.concurrent.TimeUnit;

/** The times of the protocol. Each side counts them by its own monotonic clock. */
public final class Timing {

  /**
   * How long a lease binds the leader, from the grant: D. The rates of any two clocks must differ
   * by less than a tenth.
   */
  public static final long LEASE_MILLIS = 500;

  /** A frontend asks to renew its lease so often. */
  public static final long RENEW_MILLIS = 150;

  /** An unacknowledged {@link CoherenceMessage.Suspend} is sent again after so long. */
  public static final long RESEND_MILLIS = 50;

  /** A view under constant fire stays suspended until it was quiet for so long. */
  public static final long QUIET_MILLIS = 50;

  static final long LEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(LEASE_MILLIS);

  /** How long a frontend uses a lease, from sending its request: 0.9 D. */
  static final long USE_NANOS = LEASE_NANOS / 10 * 9;

  static final long RESEND_NANOS = TimeUnit.MILLISECONDS.toNanos(RESEND_MILLIS);
  static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS);

  private Timing() {}
}
