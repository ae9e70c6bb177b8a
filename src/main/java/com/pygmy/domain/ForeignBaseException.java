package com.pygmy.domain;

import java.util.Optional;

/**
 * The log founds its store upon another state than the one that this replica began from. Nothing
 * that follows could be applied rightly, so the replica must not go on. It is the one thing in
 * which replicas may differ when they apply an entry.
 */
public final class ForeignBaseException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  ForeignBaseException(Optional<Origin> own, Optional<Origin> founded) {
    super(
        "the log founds its store upon %s, this replica began from %s. Stop this node, move its "
                .formatted(told(founded), told(own))
            + "catalog folder away and start it again: it then gets the state of the others");
  }

  private static String told(Optional<Origin> origin) {
    return origin
        .map(
            o ->
                "the restored state %s (store %s up to order %d)"
                    .formatted(o.base(), o.parentStoreId(), o.parentOrders()))
        .orElse("nothing");
  }
}
