package com.pygmy.coherence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which reads share which fetch. A read joins only a fetch that starts after the read arrived, so
 * what it gets is as new as if it had fetched by itself; of each key at most one fetch is in flight
 * and one waits. Not thread-safe.
 *
 * @param <K> what is fetched
 * @param <R> a read that waits for it
 */
public final class Fetches<K, R> {

  private final Map<K, List<R>> waiting = new LinkedHashMap<>();
  private final Map<K, List<R>> flying = new HashMap<>();

  /** A read has arrived. */
  public void join(K key, R read) {
    waiting.computeIfAbsent(key, k -> new ArrayList<>(2)).add(read);
  }

  /**
   * A read is given up. What is in flight for it lands for the others.
   *
   * @return does nobody wait for the key any more? Then it is not fetched
   */
  public boolean leave(K key, R read) {
    List<R> others = waiting.get(key);
    if (others != null && others.remove(read) && others.isEmpty()) {
      waiting.remove(key);
    }
    return !waiting.containsKey(key);
  }

  /**
   * The keys to be fetched now, in one request, those that wait longest first; may be none.
   *
   * @param max so many at most
   */
  public List<K> start(int max) {
    List<K> started = new ArrayList<>();
    for (Iterator<Map.Entry<K, List<R>>> all = waiting.entrySet().iterator();
        all.hasNext() && started.size() < max; ) {
      Map.Entry<K, List<R>> next = all.next();
      if (!flying.containsKey(next.getKey())) {
        flying.put(next.getKey(), next.getValue());
        started.add(next.getKey());
        all.remove();
      }
    }
    return started;
  }

  /**
   * The fetch of a key has ended; answers the reads that shared it. Once for each start: an answer
   * that comes after that is of an older fetch, and no good for the next.
   */
  public List<R> landed(K key) {
    List<R> reads = flying.remove(key);
    if (reads == null) {
      throw new IllegalStateException("no fetch of " + key + " is in flight");
    }
    return reads;
  }

  /** Keys that wait for a fetch to start. */
  public int waiting() {
    return waiting.size();
  }
}
