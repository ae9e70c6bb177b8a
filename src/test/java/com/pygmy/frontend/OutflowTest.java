package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutflowTest {

  private static final int WINDOW_BYTES = 16 * 1024;

  private final AtomicLong pendingOfAll = new AtomicLong();
  private final Buffer handed = Buffer.buffer();
  private final Deque<Promise<Void>> untaken = new ArrayDeque<>();
  private final Outflow outflow = new Outflow(this::hand, WINDOW_BYTES, pendingOfAll, 0);

  private Future<Void> hand(Buffer part) {
    handed.appendBuffer(part);
    Promise<Void> taken = Promise.promise();
    untaken.add(taken);
    return taken.future();
  }

  private static Buffer text(int bytes) {
    Buffer text = Buffer.buffer();
    for (int i = 0; i < bytes; i++) {
      text.appendByte((byte) (i * 31 / 32));
    }
    return text;
  }

  @Test
  void aConnectionIsHandedNoMoreThanTheWindowHoweverMuchIsSent() {
    Buffer text = text(1_000_000);
    outflow.send(text);
    assertEquals(WINDOW_BYTES, handed.length());
    assertEquals(1_000_000, outflow.pendingBytes());
    int taken = 0;
    while (!untaken.isEmpty()) {
      int part = Math.min(Outflow.PART_BYTES, 1_000_000 - taken);
      untaken.remove().complete();
      taken += part;
      assertEquals(1_000_000 - taken, outflow.pendingBytes());
      assertTrue(handed.length() - taken <= WINDOW_BYTES);
    }
    assertEquals(text, handed);
    assertFalse(outflow.isWaiting());
  }

  @Test
  void aClientThatTakesAtOnceIsSentAnythingAtOnce() {
    AtomicLong taken = new AtomicLong();
    Outflow fast =
        new Outflow(
            part -> {
              taken.addAndGet(part.length());
              return Future.succeededFuture();
            },
            WINDOW_BYTES,
            pendingOfAll,
            0);
    int bytes = 10_000 * Outflow.PART_BYTES; // more calls than a stack has room for
    fast.send(Buffer.buffer(new byte[bytes / 2]));
    fast.send(Buffer.buffer(new byte[bytes / 2]));
    assertEquals(bytes, taken.get());
    assertEquals(0, pendingOfAll.get());
  }

  @Test
  void whatIsPendingIsCountedForAllUntilItIsTakenOrTheClientGoes() {
    Outflow other = new Outflow(this::hand, WINDOW_BYTES, pendingOfAll, 0);
    outflow.send(text(100));
    other.send(text(30_000));
    assertEquals(30_100, pendingOfAll.get());
    untaken.remove().complete();
    assertEquals(30_000, pendingOfAll.get());
    other.close();
    assertEquals(0, pendingOfAll.get());
    untaken.remove().fail("the connection is closed");
    other.send(text(5));
    other.close();
    assertEquals(0, pendingOfAll.get());
  }

  @Test
  void isStuckWhenNothingIsTakenForSoLong() {
    assertFalse(outflow.isStuck(50, 10), "nothing is there to be taken");
    outflow.send(text(10_000));
    assertFalse(outflow.isStuck(55, 10));
    untaken.remove().complete();
    assertFalse(outflow.isStuck(60, 10), "a part was taken");
    assertFalse(outflow.isStuck(69, 10));
    assertTrue(outflow.isStuck(70, 10));
  }
}
