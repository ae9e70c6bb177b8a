package com.pygmy.wire;

import com.pygmy.domain.Limits;
import com.pygmy.wire.Message.Buy;
import com.pygmy.wire.Message.Submit;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * What something is done for. Lines of the log about it bear this mark, on every node, by SLF4J's
 * MDC: set around what logs and never for longer, for an event loop turns from one request to
 * another at any moment.
 *
 * @param requestId of the HTTP request behind it
 * @param key of the command
 */
public record RequestMark(Optional<String> requestId, Optional<String> key) {

  /** In the MDC, and of the header of messages on the bus. */
  public static final String REQUEST_ID = "requestId";

  /** In the MDC. */
  public static final String KEY = "key";

  private static final RequestMark NONE = new RequestMark(Optional.empty(), Optional.empty());

  /** Of a message on the bus. An id that no frontend would send counts as none. */
  public static RequestMark of(Optional<String> requestId, Message message) {
    Optional<String> key = key(message);
    return requestId.isEmpty() && key.isEmpty()
        ? NONE
        : new RequestMark(requestId.filter(Limits::isKey), key);
  }

  /** Of what this thread does now: for a line about it that comes later. */
  public static RequestMark current() {
    return new RequestMark(
        Optional.ofNullable(MDC.get(REQUEST_ID)), Optional.ofNullable(MDC.get(KEY)));
  }

  /** Runs something on this thread; what it logs meanwhile bears this mark. */
  public void around(Runnable task) {
    call(
        () -> {
          task.run();
          return task;
        });
  }

  /** The same for what answers something. */
  public <T> T call(Supplier<T> task) {
    if (requestId.isEmpty() && key.isEmpty()) {
      return task.get();
    }
    RequestMark outer = current();
    put();
    try {
      return task.get();
    } finally {
      outer.put();
    }
  }

  private void put() {
    put(REQUEST_ID, requestId);
    put(KEY, key);
  }

  private static void put(String name, Optional<String> value) {
    if (value.isPresent()) {
      MDC.put(name, value.get());
    } else {
      MDC.remove(name);
    }
  }

  private static Optional<String> key(Message message) {
    if (message instanceof Buy buy) {
      return Optional.of(buy.command().key());
    }
    return message instanceof Submit submit && submit.commands().size() == 1
        ? Optional.of(submit.commands().get(0).key())
        : Optional.empty();
  }
}
