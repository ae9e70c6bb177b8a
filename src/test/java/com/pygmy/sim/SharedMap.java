package com.pygmy.sim;

import com.pygmy.coherence.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Copies that all frontends share. It may return any that was ever put, or none. */
final class SharedMap {
  private static final int KEPT = 6;

  private final World world;
  private final Map<View, List<Copy>> copies = new HashMap<>();

  SharedMap(World world) {
    this.world = world;
  }

  void put(View key, Copy copy) {
    keep(world, copies, key, copy);
  }

  /** Some copy, or null. */
  Copy get(View key) {
    return some(world, copies, key);
  }

  static void keep(World world, Map<View, List<Copy>> copies, View key, Copy copy) {
    List<Copy> kept = copies.computeIfAbsent(key, k -> new ArrayList<>(KEPT));
    if (kept.size() < KEPT) {
      kept.add(copy);
    } else {
      kept.set(world.dice.below(KEPT), copy);
    }
  }

  static Copy some(World world, Map<View, List<Copy>> copies, View key) {
    List<Copy> kept = copies.get(key);
    return kept == null ? null : kept.get(world.dice.below(kept.size()));
  }
}
