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

  /** Where one replica of a service takes requests: {@code pygmy.catalog.n1}. */
  public static String of(Service service, String replica) {
    return "pygmy." + service.name().toLowerCase(Locale.ROOT) + "." + replica;
  }
}
