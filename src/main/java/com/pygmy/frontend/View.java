package com.pygmy.frontend;

import io.vertx.core.buffer.Buffer;

/**
 * A cacheable answer: one book, or one page of a topic.
 *
 * @param etag names the content, quotes included: equal tags, equal bytes
 * @param json the body, as it is sent
 */
record View(String etag, Buffer json) {}
