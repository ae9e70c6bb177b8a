package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code conf/logback.xml} makes of an event. */
@Timeout(60)
final class LogFormatTest {

  private static final String NASTY = "a \"quoted\"\nsecond line\t\u0007 é 😀";

  @TempDir private Path folder;
  private final LogbackMDCAdapter marks = new LogbackMDCAdapter();

  @Test
  void anEventIsOneObjectOnOneLine() throws Exception {
    LoggerContext context = configured(Map.of("pygmy.log.format", "json", "pygmy.log.node", "n1"));
    Instant before = Instant.now();
    String written =
        written(
            context,
            () -> {
              marks.put("requestId", "r-\"1\"");
              marks.put("key", "k1");
              context.getLogger("com.pygmy.Shop").info("{} books", NASTY);
              marks.clear();
              context.getLogger("com.pygmy.Shop").info("nothing more");
            });
    List<String> lines = written.lines().toList();
    assertEquals(2, lines.size(), written);
    JsonObject first = new JsonObject(lines.get(0));
    Instant time = Instant.parse(first.getString("time"));
    assertFalse(time.isBefore(before.minusMillis(1)) || time.isAfter(Instant.now()), written);
    assertEquals("INFO", first.getString("level"));
    assertEquals("n1", first.getString("node"));
    assertEquals("com.pygmy.Shop", first.getString("logger"));
    assertEquals(Thread.currentThread().getName(), first.getString("thread"));
    assertEquals(NASTY + " books", first.getString("message"));
    assertEquals("r-\"1\"", first.getString("requestId"));
    assertEquals("k1", first.getString("key"));
    assertEquals(
        Set.of("time", "level", "node", "logger", "thread", "message"),
        new JsonObject(lines.get(1)).fieldNames());
  }

  @Test
  void aStackTraceStaysOnTheLineOfItsEvent() throws Exception {
    LoggerContext context = configured(Map.of("pygmy.log.format", "json"));
    Exception thrown = new IllegalStateException("outer", new ArithmeticException("inner"));
    String written =
        written(context, () -> context.getLogger("com.pygmy.Shop").error("broken", thrown));
    assertEquals(1, written.lines().count(), written);
    String stack = new JsonObject(written).getString("stack");
    assertTrue(stack.startsWith("java.lang.IllegalStateException: outer"), stack);
    assertTrue(stack.contains("Caused by: java.lang.ArithmeticException: inner"), stack);
    assertTrue(stack.contains("at com.pygmy.launch.LogFormatTest."), stack);
  }

  @Test
  void textIsTheDefault() throws Exception {
    LoggerContext context = configured(Map.of("pygmy.log.node", "n1"));
    String written =
        written(
            context,
            () -> {
              context.getLogger("com.pygmy.Shop").info("opens");
              marks.put("requestId", "r1");
              context.getLogger("com.pygmy.Shop").warn("closes");
            });
    List<String> lines = written.lines().toList();
    String start = "\\d{4}-\\d\\d-\\d\\dT\\S+ ";
    assertTrue(lines.get(0).matches(start + "INFO  n1 \\[.*] com.pygmy.Shop - opens"), written);
    assertTrue(
        lines.get(1).matches(start + "WARN  n1 \\[.*] com.pygmy.Shop - closes \\{requestId=r1}"),
        written);
  }

  /** The process itself: its conf is read before its first line is written. */
  @Test
  void aNodeThatCannotStartSaysSoAsItsConfWants() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(data.resolve("n1"));
    Files.writeString(data.resolve("n1").resolve("catalog"), "no folder");
    Path conf =
        Files.writeString(
            folder.resolve("conf.json"),
            """
            {"nodes": [{"name": "n1", "host": "127.0.0.1", "http": {"port": 1},
              "roles": ["frontend", "catalog", "order"], "raft": {"port": 2}}],
             "log": {"format": "json"}}
            """);
    // Not logback-test.xml, which lies on the class path here.
    Process node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlogback.configurationFile=" + Path.of("conf", "logback.xml").toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "node",
                "n1",
                "--conf",
                conf.toString(),
                "--data",
                data.toString())
            .redirectError(folder.resolve("err").toFile())
            .start();
    String out = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(3, node.waitFor(), out);
    List<JsonObject> lines = out.lines().map(JsonObject::new).toList();
    assertTrue(
        lines.stream()
            .anyMatch(
                line ->
                    line.getString("node").equals("n1")
                        && line.getString("message").startsWith("node n1 cannot start")
                        && line.containsKey("stack")),
        out);
  }

  private LoggerContext configured(Map<String, String> properties) throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(marks);
    context.putProperty("pygmy.log.level", "INFO"); // whatever other tests left behind
    properties.forEach(context::putProperty);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Path.of("conf", "logback.xml").toFile());
    return context;
  }

  /** What the one appender of the root writes meanwhile. */
  private static String written(LoggerContext context, Runnable logs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    var appenders = context.getLogger("ROOT").iteratorForAppenders();
    OutputStreamAppender<ILoggingEvent> appender =
        (OutputStreamAppender<ILoggingEvent>) appenders.next();
    appender.setOutputStream(bytes);
    logs.run();
    assertFalse(appenders.hasNext());
    context.stop();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
