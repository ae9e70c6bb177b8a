package com.pygmy.frontend;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * What one client has been told and has not taken yet. Its connection, which copies all that it is
 * handed into memory outside of the heap, is handed a few bytes at a time; the rest waits here,
 * where a text that many are told is there once. Belongs to one event loop.
 */
final class Outflow {

  /** A text is handed on in parts of this, so that it shows whether the client takes any of it. */
  static final int PART_BYTES = 4 * 1024;

  private final Function<Buffer, Future<Void>> connection;
  private final int windowBytes;
  private final AtomicLong pendingOfAll;
  private final ArrayDeque<Buffer> waiting = new ArrayDeque<>();
  private int handedBytes;
  private long pendingBytes;
  private boolean isHanding;
  private boolean closed;
  private long takenBytes;
  private long takenBefore;
  private long stuckNanos;

  /**
   * @param connection takes a part; done when the client has taken it, as far as can be told
   * @param windowBytes in the hands of the connection, at most
   * @param pendingOfAll counts what is pending for all clients of a node
   */
  Outflow(
      Function<Buffer, Future<Void>> connection,
      int windowBytes,
      AtomicLong pendingOfAll,
      long nowNanos) {
    this.connection = connection;
    this.windowBytes = windowBytes;
    this.pendingOfAll = pendingOfAll;
    this.stuckNanos = nowNanos;
  }

  void send(Buffer text) {
    if (closed) {
      return;
    }
    for (int begin = 0; begin < text.length(); begin += PART_BYTES) {
      waiting.add(text.slice(begin, Math.min(begin + PART_BYTES, text.length())));
    }
    count(text.length());
    handOn();
  }

  /** Sent, and not taken yet. */
  long pendingBytes() {
    return pendingBytes;
  }

  /** Is there something that even the connection was not handed yet? */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** Has the client taken nothing for so long, though something is there to be taken? */
  boolean isStuck(long nowNanos, long nanos) {
    if (pendingBytes == 0 || takenBytes != takenBefore) {
      takenBefore = takenBytes;
      stuckNanos = nowNanos;
    }
    return nowNanos - stuckNanos >= nanos;
  }

  /** Nothing more is sent, and nothing is pending any more. */
  void close() {
    closed = true;
    waiting.clear();
    count(-pendingBytes);
  }

  private void handOn() {
    if (isHanding) {
      return; // a part that is taken at once comes back here
    }
    isHanding = true;
    try {
      while (!waiting.isEmpty() && handedBytes + PART_BYTES <= windowBytes) {
        hand(waiting.remove());
      }
    } finally {
      isHanding = false;
    }
  }

  private void hand(Buffer part) {
    handedBytes += part.length();
    connection
        .apply(part)
        .onComplete(
            done -> {
              handedBytes -= part.length();
              if (!closed) {
                takenBytes += part.length();
                count(-part.length());
                handOn();
              }
            });
  }

  private void count(long bytes) {
    pendingBytes += bytes;
    pendingOfAll.addAndGet(bytes);
  }
}
