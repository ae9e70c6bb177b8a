package com.pygmy.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against a {@link TreeMap} of the JDK. */
final class SortedTreeTest {

  private static final int STEPS = 2_000;

  static LongStream seeds() {
    return Seeds.of(5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void holdsWhatAMapHoldsAfterEveryStep(long seed) {
    Random random = new Random(seed);
    int keys = 1 + random.nextInt(300);
    TreeMap<Integer, Integer> model = new TreeMap<>();
    SortedTree<Integer, Integer> tree = SortedTree.empty();
    for (int step = 0; step < STEPS; step++) {
      int key = random.nextInt(keys);
      if (random.nextInt(5) < 3) {
        model.put(key, step);
        tree = tree.put(key, step);
      } else {
        model.remove(key);
        tree = tree.remove(key);
      }
      assertEquals(model, copy(tree), Seeds.replay(seed));
      assertEquals(model.size(), tree.size());
      assertTrue(tree.isBalanced(), Seeds.replay(seed));
      assertEquals(model.isEmpty(), tree.isEmpty());
      int asked = random.nextInt(keys + 2) - 1;
      assertEquals(Optional.ofNullable(model.get(asked)), tree.find(asked), Seeds.replay(seed));
      int limit = random.nextInt(keys);
      assertEquals(
          model.tailMap(asked, true).values().stream().limit(limit).toList(),
          tree.from(asked, limit),
          Seeds.replay(seed));
      if (!model.isEmpty()) {
        assertEquals(model.lastKey(), tree.lastKey());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void staysAsItWasWhateverIsMadeOfIt(long seed) {
    Random random = new Random(seed);
    List<SortedTree<Integer, Integer>> trees = new ArrayList<>();
    List<Map<Integer, Integer>> copies = new ArrayList<>();
    SortedTree<Integer, Integer> tree = SortedTree.empty();
    for (int step = 0; step < STEPS / 5; step++) {
      int key = random.nextInt(50);
      tree = random.nextInt(3) > 0 ? tree.put(key, step) : tree.remove(key);
      trees.add(tree);
      copies.add(copy(tree));
    }
    for (int i = 0; i < trees.size(); i++) {
      assertEquals(copies.get(i), copy(trees.get(i)), Seeds.replay(seed));
    }
  }

  @Test
  void staysBalancedWhenKeysComeAndGoInOrder() {
    int keys = 500;
    SortedTree<Integer, Integer> rising = SortedTree.empty();
    SortedTree<Integer, Integer> falling = SortedTree.empty();
    for (int i = 0; i < keys; i++) {
      rising = rising.put(i, i);
      falling = falling.put(-i, i);
      assertTrue(rising.isBalanced() && falling.isBalanced(), "with " + i);
    }
    for (int i = 0; i < keys; i++) {
      rising = rising.remove(i);
      falling = falling.remove(-i);
      assertTrue(rising.isBalanced() && falling.isBalanced(), "without " + i);
    }
  }

  @Test
  void emptyTreeHasNoLastKey() {
    SortedTree<Integer, Integer> tree = SortedTree.empty();
    assertThrows(NoSuchElementException.class, tree::lastKey);
  }

  private static Map<Integer, Integer> copy(SortedTree<Integer, Integer> tree) {
    Map<Integer, Integer> copy = new TreeMap<>();
    List<Integer> order = new ArrayList<>();
    tree.forEach(
        (key, value) -> {
          order.add(key);
          copy.put(key, value);
        });
    assertEquals(List.copyOf(copy.keySet()), order, "in order, once each");
    return copy;
  }
}
