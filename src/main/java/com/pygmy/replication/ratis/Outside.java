package com.pygmy.replication.ratis;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What the log takes from the world around it.
 *
 * @param nanoClock monotonic
 * @param wallClockMillis written into entries; nothing is decided by it here
 * @param random names incarnations and stores; need not be secret, must differ between processes
 * @param onFatal ends the process: this replica can no longer be trusted to go on. In production it
 *     halts the JVM and does not return. Called once, from any thread
 */
public record Outside(
    LongSupplier nanoClock,
    LongSupplier wallClockMillis,
    RandomGenerator random,
    Consumer<Throwable> onFatal) {}
