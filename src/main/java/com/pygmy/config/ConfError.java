package com.pygmy.config;

/**
 * One thing wrong with a conf.
 *
 * @param keyPath the key as in {@code nodes[1].http.port}; for what no key is to blame: the file,
 *     or the environment variable
 * @param message what is wrong and what would be right
 */
public record ConfError(String keyPath, String message) {
  @Override
  public String toString() {
    return keyPath + ": " + message;
  }
}
