package com.pygmy.load;

import io.vertx.core.Future;

/** Customers at work. On one event loop, but for {@link #stop}. */
interface Crowd {

  /** Ends when the plan is fulfilled or stopped, and nobody is in the shop. */
  Future<Void> work();

  /** No more visits begin. From any thread. */
  void stop();
}
