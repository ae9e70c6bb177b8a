package com.pygmy.frontend;

import io.vertx.core.Future;

/**
 * Answers one route: parse, ask, answer. Fails, or throws, a {@link FailureException} for what is
 * expected to go wrong.
 */
@FunctionalInterface
interface Endpoint {
  Future<Reply> answer(Exchange exchange);
}
