package com.pygmy.domain;

/**
 * What a restored store began from: the state of another store, its parent, as a back-up of it has
 * it.
 *
 * @param base names the state: the SHA-256, in hexadecimal, of all that it contains
 * @param parentStoreId of the store that the back-up was taken of
 * @param parentTerm of the last entry of the parent's log that the back-up contains
 * @param parentIndex of that entry
 * @param parentOrders the number of the last order in it; what the parent sold later is not here
 */
public record Origin(
    String base, String parentStoreId, long parentTerm, long parentIndex, long parentOrders) {

  public Origin {
    Limits.requireKey(base);
    Limits.requireKey(parentStoreId);
    Limits.requireRange("parentTerm", parentTerm, 0, Long.MAX_VALUE);
    Limits.requireRange("parentIndex", parentIndex, 0, Long.MAX_VALUE);
    Limits.requireRange("parentOrders", parentOrders, 0, Long.MAX_VALUE);
  }
}
