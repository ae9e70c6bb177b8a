package com.pygmy.launch;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Leaves out of the log what Ratis has to say of each message that comes while a replica is still
 * starting: some dozens of stack traces a start, and the leader sends them all again.
 */
public final class TooEarly extends Filter<ILoggingEvent> {

  private static final String NOT_READY =
      "org.apache.ratis.protocol.exceptions.ServerNotReadyException";

  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean isTooEarly =
        event.getThrowableProxy() != null
            && event.getThrowableProxy().getClassName().equals(NOT_READY);
    return isTooEarly ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}
