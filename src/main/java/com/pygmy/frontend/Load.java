package com.pygmy.frontend;

/**
 * How many requests are being answered, and how many bodies are still on their way; each bounded. A
 * client that takes its time to send keeps nobody from being answered but those who send bodies.
 * Belongs to one event loop.
 */
final class Load {

  private final int max;
  private int answering;
  private int arriving;

  /**
   * @param max of either
   */
  Load(int max) {
    this.max = max;
  }

  /** A request wants to be answered; unless this refuses it, {@link #answered} must follow. */
  boolean admits() {
    if (answering >= max) {
      return false;
    }
    answering++;
    return true;
  }

  void answered() {
    answering--;
  }

  /**
   * A request that is being answered waits for its body, and counts among those; unless this
   * refuses it, {@link #arrived} must follow.
   */
  boolean admitsBody() {
    if (arriving >= max) {
      return false;
    }
    arriving++;
    answering--;
    return true;
  }

  /**
   * The body is there, or will not come: the request counts again among those being answered.
   *
   * @return false when these have become too many meanwhile
   */
  boolean arrived() {
    arriving--;
    answering++;
    return answering <= max;
  }
}
