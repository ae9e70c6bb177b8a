/**
 * Faults for a running shop, clients that use it meanwhile, and one verdict on what they saw.
 *
 * <p>{@link com.pygmy.chaos.Chaos} runs it: a {@link com.pygmy.chaos.Schedule} says by its seed
 * what breaks, a {@link com.pygmy.chaos.Breaker} breaks it, {@link com.pygmy.chaos.Traffic} reads
 * and buys and notes everything in a {@link com.pygmy.chaos.Ledger} and a history, and a {@link
 * com.pygmy.chaos.Judge} holds all of it against what was promised. The shop itself, a {@link
 * com.pygmy.chaos.Topology} of processes, comes from outside, and so does the clock.
 */
package com.pygmy.chaos;
