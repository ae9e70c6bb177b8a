package com.pygmy.wire;

import com.pygmy.wire.Message.Service;
import java.util.Locale;

/** The addresses of the event bus. */
public final class Addresses {

  /** Every node publishes a {@link Message.Heartbeat} here. */
  public static final String HEARTBEAT = "pygmy.node.heartbeat";

  public static final long HEARTBEAT_MILLIS = 200;

  /** The catalog leader publishes a {@link Message.SalesHint} here. */
  public static final String SALES = "pygmy.catalog.sales";

  private Addresses() {}

  /** Where a catalog replica takes what the holders of leases say. */
  public static String keeper(String replica) {
    return "pygmy.lease.keeper." + replica;
  }

  /** Where the holder of a lease is told what it may serve. */
  public static String holder(String holder) {
    return "pygmy.lease.holder." + holder;
  }

  /** Where one replica of a service takes requests: {@code pygmy.catalog.n1}. */
  public static String of(Service service, String replica) {
    return "pygmy." + service.name().toLowerCase(Locale.ROOT) + "." + replica;
  }
}
