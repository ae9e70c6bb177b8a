package com.pygmy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a package logs while this is open, and here alone. */
public final class Logged implements AutoCloseable {

  private final Logger logger;
  private final Level before;
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          event.getMDCPropertyMap(); // as it is on this thread now
          events.add(event);
        }
      };

  public Logged(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
    before = logger.getLevel();
    logger.setLevel(Level.INFO);
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
    logger.setAdditive(false);
  }

  /** The marks of each line that has this in its message. */
  public List<Map<String, String>> marksOf(String text) {
    return events.stream()
        .filter(event -> event.getFormattedMessage().contains(text))
        .map(ILoggingEvent::getMDCPropertyMap)
        .toList();
  }

  @Override
  public String toString() {
    return events.toString();
  }

  @Override
  public void close() {
    logger.setAdditive(true);
    logger.detachAppender(appender);
    logger.setLevel(before);
  }
}
