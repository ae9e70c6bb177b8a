package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "logs",
    description = "Show the end of a node's log.",
    footer = {"", "Example:", "  launcher/pygmy logs n1 -f"})
final class LogsCommand implements Callable<Integer> {

  private static final String SUPERVISOR = "supervisor";
  private static final long POLL_MILLIS = 200;
  private static final int MAX_CHUNK_BYTES = 1 << 16;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  @Parameters(paramLabel = "NODE", description = "a node, or 'supervisor'")
  private String node;

  @Option(
      names = {"-f", "--follow"},
      description = "go on with what is written from now, until Ctrl-C")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "COUNT",
      defaultValue = "100",
      description = "so many lines from the end (default: ${DEFAULT-VALUE})")
  private int lines;

  LogsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    DataFolder folder = data.folder(surroundings);
    PrintWriter out = spec.commandLine().getOut();
    Path log = node.equals(SUPERVISOR) ? folder.supervisorLog() : folder.node(node).log();
    if (!Files.exists(log)) {
      String known =
          folder.nodes().stream()
              .map(DataFolder.NodeFolder::name)
              .collect(Collectors.joining(", "));
      spec.commandLine()
          .getErr()
          .println(
              "there is no log of " + node + " in " + folder.root() + "; nodes there: " + known);
      return ExitCode.REFUSED;
    }
    LogFile file = new LogFile(log);
    long position = file.sizeOrZero();
    file.lastLines(lines, 0).forEach(out::println);
    out.flush();
    while (follow) {
      position = copyFrom(log, position, out);
      Thread.sleep(POLL_MILLIS);
    }
    return ExitCode.OK;
  }

  /** Copies what is behind the position; a file that became shorter was emptied meanwhile. */
  private static long copyFrom(Path log, long position, PrintWriter out) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = file.length() < position ? 0 : position;
      file.seek(from);
      byte[] chunk = new byte[MAX_CHUNK_BYTES];
      int read = file.read(chunk);
      if (read <= 0) {
        return from;
      }
      out.print(new String(chunk, 0, read, StandardCharsets.UTF_8));
      out.flush();
      return from + read;
    } catch (NoSuchFileException gone) {
      return 0;
    }
  }
}
