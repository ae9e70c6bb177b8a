package com.pygmy.store;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A Bloom filter over the keys in the database: says "not there" without asking SQLite. Never
 * forgets a key, so it says "perhaps" more and more often; with 8 MiB, one time in a hundred at 7
 * million keys. One thread adds; any thread asks.
 */
final class KeyFilter {
  private static final int PROBES = 5;

  private final AtomicLongArray words;
  private final long mask;

  /**
   * @param bytes rounded down to a power of two
   */
  KeyFilter(int bytes) {
    int wordCount = Math.max(1, Integer.highestOneBit(bytes) / Long.BYTES);
    words = new AtomicLongArray(wordCount);
    mask = (long) wordCount * Long.SIZE - 1;
  }

  void add(String key) {
    long hash = hash(key);
    long step = step(hash);
    for (int i = 0; i < PROBES; i++, hash += step) {
      int word = (int) ((hash & mask) >>> 6);
      words.setRelease(word, words.getPlain(word) | (1L << hash));
    }
  }

  /** False only if the key was never added. */
  boolean mayContain(String key) {
    long hash = hash(key);
    long step = step(hash);
    for (int i = 0; i < PROBES; i++, hash += step) {
      if ((words.getAcquire((int) ((hash & mask) >>> 6)) & (1L << hash)) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Odd, so that the probes of one key differ. */
  private static long step(long hash) {
    return Long.rotateLeft(hash, 32) | 1;
  }

  private static long hash(String key) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
