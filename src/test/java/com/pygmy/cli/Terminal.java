package com.pygmy.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;

/** Runs client commands as a user would, and keeps what they print. Keys are counted. */
final class Terminal {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine root = new CommandLine(new Root());

  @CommandLine.Command(name = "pygmy")
  private static final class Root {}

  Terminal(Map<String, String> environment) {
    AtomicLong ids = new AtomicLong();
    Commands.addTo(
        root,
        new Context(
            new Environment(environment),
            System::nanoTime,
            () -> new UUID(0, ids.incrementAndGet()),
            false));
    root.setOut(new PrintWriter(out, true));
    root.setErr(new PrintWriter(err, true));
  }

  Terminal() {
    this(Map.of());
  }

  int run(String... args) {
    return root.execute(args);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
