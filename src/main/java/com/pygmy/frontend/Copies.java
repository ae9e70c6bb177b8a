package com.pygmy.frontend;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;

/**
 * The copies of views in this node's memory, of one store, by what was asked: the id of a book, or
 * the request for a page. Bounded in bytes; says nothing about whether a copy may be served.
 * Thread-safe.
 */
final class Copies {

  /** In a heap of 256 MB. */
  static final long MAX_BYTES = 16L * 1024 * 1024;

  private final Cache<Object, Copy> copies;

  Copies(long maxBytes) {
    this.copies =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Object asked, Copy copy) -> copy.weight())
            .executor(Runnable::run) // what is evicted is evicted by who came with more
            .build();
  }

  Optional<Copy> find(Object asked) {
    return Optional.ofNullable(copies.getIfPresent(asked));
  }

  /** Without this being a use of it. */
  boolean has(Object asked) {
    return copies.asMap().containsKey(asked);
  }

  /** Keeps a copy, unless there is one as new. */
  void keep(Object asked, Copy copy) {
    copies.asMap().merge(asked, copy, (old, fresh) -> fresh.asOf() > old.asOf() ? fresh : old);
  }

  /** How many there are, about. */
  long size() {
    return copies.estimatedSize();
  }
}
