package com.pygmy.launch;

import com.pygmy.cli.Environment;
import java.security.SecureRandom;
import java.util.function.LongSupplier;

/**
 * What commands know of the process and the machine that they run in.
 *
 * @param node what a node does
 */
record Surroundings(
    Program program,
    NodeRunner node,
    Environment environment,
    LongSupplier nanoClock,
    SecureRandom random) {}
