package com.pygmy.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import picocli.CommandLine;

/** Runs client commands as a user would, and keeps what they print. Keys are counted. */
public final class Terminal {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine root = new CommandLine(new Root());

  @CommandLine.Command(name = "pygmy")
  private static final class Root {}

  Terminal(Map<String, String> environment) {
    this(environment, false, Commands::addTo);
  }

  /** With commands of another package, which are put below the root. */
  public Terminal(
      Map<String, String> environment,
      boolean isTerminal,
      BiConsumer<CommandLine, Context> commands) {
    AtomicLong ids = new AtomicLong();
    commands.accept(
        root,
        new Context(
            new Environment(environment),
            System::nanoTime,
            () -> Instant.EPOCH,
            () -> new UUID(0, ids.incrementAndGet()),
            isTerminal));
    root.setOut(new PrintWriter(out, true));
    root.setErr(new PrintWriter(err, true));
  }

  Terminal() {
    this(Map.of());
  }

  public int run(String... args) {
    return root.execute(args);
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
