package com.pygmy.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Notes what clients ask and what they are answered. Any thread may call anything at any time; an
 * operation costs two readings of the clock and two small objects.
 */
public final class Recorder {

  private final Map<Integer, BookState> initial;
  private final LongSupplier nanos;
  private final int capacity;
  private final AtomicInteger invoked = new AtomicInteger();
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

  /**
   * @param initial the books before the first operation
   * @param nanos one monotonic clock for all clients
   * @param capacity operations at most
   */
  public Recorder(Map<Integer, BookState> initial, LongSupplier nanos, int capacity) {
    this.initial = Map.copyOf(initial);
    this.nanos = nanos;
    this.capacity = capacity;
  }

  /**
   * To be called before the request is sent.
   *
   * @throws IllegalStateException if there is no room left: a history with holes proves nothing
   */
  public Call invoke(int client, int book, Request request) {
    if (invoked.incrementAndGet() > capacity) {
      throw new IllegalStateException("no room for more than " + capacity + " operations");
    }
    Call call = new Call(client, book, request, nanos.getAsLong());
    calls.add(call);
    return call;
  }

  /**
   * The history up to now. It may be taken while clients go on: what was not answered yet has an
   * unknown outcome in it.
   */
  public History history() {
    List<Operation> operations = new ArrayList<>();
    calls.forEach(call -> operations.add(call.operation()));
    return new History(initial, operations);
  }

  /** A request under way. One that is never answered has an unknown outcome. */
  public final class Call {
    private final int client;
    private final int book;
    private final Request request;
    private final long invokedAt;
    private final AtomicReference<Operation> answered = new AtomicReference<>();

    private Call(int client, int book, Request request, long invokedAt) {
      this.client = client;
      this.book = book;
      this.request = Objects.requireNonNull(request, "request");
      this.invokedAt = invokedAt;
    }

    /**
     * To be called when the answer has come, once.
     *
     * @throws IllegalStateException if it was answered before
     * @throws IllegalArgumentException if this is no answer to the request
     */
    public void answer(Outcome outcome) {
      long returned = outcome instanceof Outcome.Unknown ? Operation.NEVER : nanos.getAsLong();
      Operation operation = new Operation(client, book, invokedAt, returned, request, outcome);
      if (!answered.compareAndSet(null, operation)) {
        throw new IllegalStateException("answered before: " + answered.get());
      }
    }

    private Operation operation() {
      Operation operation = answered.get();
      return operation != null
          ? operation
          : new Operation(client, book, invokedAt, Operation.NEVER, request, new Outcome.Unknown());
    }
  }
}
