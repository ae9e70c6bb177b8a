package com.pygmy.domain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A sorted map that never changes: {@link #put} and {@link #remove} give another one, which shares
 * with this one all but the path to what differs. So whoever has one has a snapshot, at no cost,
 * and any thread may read it. Looking up, putting and removing take logarithmic time.
 *
 * <p>A binary tree balanced by size: of two siblings, neither has more than {@link #DELTA} times as
 * many entries as the other (Adams' trees, with the parameters that Hirai and Yamamoto proved
 * right).
 */
final class SortedTree<K extends Comparable<K>, V> {

  private static final int DELTA = 3;
  private static final int RATIO = 2;

  /** The one tree without a key; it holds nothing, so it fits every type. */
  private static final SortedTree<?, ?> EMPTY = new SortedTree<>();

  private final int size;
  private final K key;
  private final V value;
  private final SortedTree<K, V> left;
  private final SortedTree<K, V> right;

  private SortedTree() {
    this.size = 0;
    this.key = null;
    this.value = null;
    this.left = null;
    this.right = null;
  }

  private SortedTree(K key, V value, SortedTree<K, V> left, SortedTree<K, V> right) {
    this.size = left.size + 1 + right.size;
    this.key = key;
    this.value = value;
    this.left = left;
    this.right = right;
  }

  @SuppressWarnings("unchecked")
  static <K extends Comparable<K>, V> SortedTree<K, V> empty() {
    return (SortedTree<K, V>) EMPTY;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Is every node as balanced as promised? */
  boolean isBalanced() {
    if (isEmpty()) {
      return true;
    }
    boolean here = !isHeavier(left, right) && !isHeavier(right, left);
    return here && left.isBalanced() && right.isBalanced();
  }

  Optional<V> find(K wanted) {
    SortedTree<K, V> node = this;
    while (!node.isEmpty()) {
      int order = wanted.compareTo(node.key);
      if (order == 0) {
        return Optional.of(node.value);
      }
      node = order < 0 ? node.left : node.right;
    }
    return Optional.empty();
  }

  /** The highest key; fails on an empty tree. */
  K lastKey() {
    if (isEmpty()) {
      throw new NoSuchElementException("an empty tree has no last key");
    }
    SortedTree<K, V> node = this;
    while (!node.right.isEmpty()) {
      node = node.right;
    }
    return node.key;
  }

  SortedTree<K, V> put(K newKey, V newValue) {
    if (isEmpty()) {
      return new SortedTree<>(newKey, newValue, this, this);
    }
    int order = newKey.compareTo(key);
    if (order == 0) {
      return new SortedTree<>(newKey, newValue, left, right);
    }
    return order < 0
        ? balanced(key, value, left.put(newKey, newValue), right)
        : balanced(key, value, left, right.put(newKey, newValue));
  }

  SortedTree<K, V> remove(K oldKey) {
    if (isEmpty()) {
      return this;
    }
    int order = oldKey.compareTo(key);
    if (order < 0) {
      return balanced(key, value, left.remove(oldKey), right);
    } else if (order > 0) {
      return balanced(key, value, left, right.remove(oldKey));
    } else if (right.isEmpty()) {
      return left;
    }
    SortedTree<K, V> next = right.first();
    return balanced(next.key, next.value, left, right.remove(next.key));
  }

  private SortedTree<K, V> first() {
    SortedTree<K, V> node = this;
    while (!node.left.isEmpty()) {
      node = node.left;
    }
    return node;
  }

  /** The tree of these parts, of which one side may have one entry too many or too few. */
  private static <K extends Comparable<K>, V> SortedTree<K, V> balanced(
      K key, V value, SortedTree<K, V> left, SortedTree<K, V> right) {
    if (isHeavier(right, left)) {
      return isSingle(right.left, right.right)
          ? rotatedLeft(key, value, left, right)
          : rotatedLeft(key, value, left, rotatedRight(right));
    } else if (isHeavier(left, right)) {
      return isSingle(left.right, left.left)
          ? rotatedRight(key, value, left, right)
          : rotatedRight(key, value, rotatedLeft(left), right);
    }
    return new SortedTree<>(key, value, left, right);
  }

  private static boolean isHeavier(SortedTree<?, ?> one, SortedTree<?, ?> other) {
    return one.size + 1 > DELTA * (other.size + 1);
  }

  private static boolean isSingle(SortedTree<?, ?> inner, SortedTree<?, ?> outer) {
    return inner.size + 1 < RATIO * (outer.size + 1);
  }

  private static <K extends Comparable<K>, V> SortedTree<K, V> rotatedLeft(
      K key, V value, SortedTree<K, V> left, SortedTree<K, V> right) {
    return new SortedTree<>(
        right.key, right.value, new SortedTree<>(key, value, left, right.left), right.right);
  }

  private static <K extends Comparable<K>, V> SortedTree<K, V> rotatedRight(
      K key, V value, SortedTree<K, V> left, SortedTree<K, V> right) {
    return new SortedTree<>(
        left.key, left.value, left.left, new SortedTree<>(key, value, left.right, right));
  }

  private static <K extends Comparable<K>, V> SortedTree<K, V> rotatedLeft(SortedTree<K, V> tree) {
    return rotatedLeft(tree.key, tree.value, tree.left, tree.right);
  }

  private static <K extends Comparable<K>, V> SortedTree<K, V> rotatedRight(SortedTree<K, V> tree) {
    return rotatedRight(tree.key, tree.value, tree.left, tree.right);
  }

  /** At most {@code limit} values, of the lowest keys that are not below {@code least}. */
  List<V> from(K least, int limit) {
    List<V> values = new ArrayList<>();
    collect(least, limit, values);
    return Collections.unmodifiableList(values);
  }

  private void collect(K least, int limit, List<V> into) {
    if (isEmpty() || into.size() >= limit) {
      return;
    }
    if (least.compareTo(key) <= 0) {
      left.collect(least, limit, into);
      if (into.size() < limit) {
        into.add(value);
      }
    }
    right.collect(least, limit, into);
  }

  /** Of every entry, in the order of the keys. */
  void forEach(BiConsumer<? super K, ? super V> use) {
    if (!isEmpty()) {
      left.forEach(use);
      use.accept(key, value);
      right.forEach(use);
    }
  }
}
