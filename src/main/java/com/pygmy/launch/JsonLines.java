package com.pygmy.launch;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.pygmy.wire.json.LogLine;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The log as JSON, named in {@code logback.xml}. Logback's own encoder nests what belongs on the
 * top, writes a stack as an array of objects, and times as numbers.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {

  private static final byte[] NOTHING = new byte[0];
  private static final byte[] END = "\n".getBytes(StandardCharsets.US_ASCII);

  private String node = "";

  /** Which node writes. Called by Logback. */
  public void setNode(String node) {
    this.node = node;
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Optional<String> stack =
        Optional.ofNullable(event.getThrowableProxy()).map(ThrowableProxyUtil::asString);
    Buffer line =
        new LogLine(
                event.getInstant(),
                event.getLevel().toString(),
                event.getLoggerName(),
                event.getThreadName(),
                node,
                String.valueOf(event.getFormattedMessage()),
                new TreeMap<>(event.getMDCPropertyMap()),
                stack)
            .toJson();
    return line.appendBytes(END).getBytes();
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
