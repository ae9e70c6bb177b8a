package com.pygmy.chaos;

/**
 * A fault to come, with all of its chance decided.
 *
 * @param number counted from 1
 * @param holdMillis how long it lasts; 0: it is over as soon as it has happened
 * @param dice for whatever else is to be chosen: the node, the variant, the place
 */
public record Fault(int number, FaultKind kind, long holdMillis, long dice) {}
