/**
 * A simulator of the cache-coherence protocol: the real classes of {@code coherence} and {@code
 * domain} in a world whose time, network, processes and log are made up. One seed is one run, and
 * replays it exactly. {@code Simulation} is the way in.
 */
package com.pygmy.sim;
