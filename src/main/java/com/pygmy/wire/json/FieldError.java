package com.pygmy.wire.json;

/**
 * One thing that is wrong with a request.
 *
 * @param path where: a JSON path such as {@code $.items[0].quantity}, or the name of a query
 *     parameter or header
 * @param message what, so that it reads on after the path: "must be 1 to 1000"
 */
public record FieldError(String path, String message) {}
