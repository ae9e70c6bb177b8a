package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.cluster.ClusterSettings.Endpoint;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of the cluster in a process of its own, and what it says on its standard output. */
final class ClusterProcess {

  private static final Logger log = LoggerFactory.getLogger(ClusterProcess.class);

  private final Process process;
  private final Writer input;
  private final List<String> lines = new ArrayList<>();
  private int read;

  /**
   * @param program its main class, which takes: cluster name, own index, then the ports of all
   *     members, on loopback
   */
  ClusterProcess(Class<?> program, int index, List<Endpoint> members) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.add("-Xmx256m");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(program.getName(), "it", Integer.toString(index)));
    members.forEach(member -> command.add(Integer.toString(member.port())));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    input = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::readLines, "reader-" + index);
    reader.setDaemon(true);
    reader.start();
  }

  private void readLines() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      log.debug("a node ended", e);
    }
  }

  /** Waits for a line that it says after the one last awaited; how long, in milliseconds. */
  long await(String beginning, long millis) throws InterruptedException {
    return TestCluster.until(millis, () -> saysNext(beginning));
  }

  boolean isAtLast(String line) {
    synchronized (lines) {
      return lines.get(lines.size() - 1).equals(line);
    }
  }

  /** All that it has said so far. */
  List<String> said() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** The last line of those that begin so. */
  Optional<String> last(String beginning) {
    return said().stream().filter(l -> l.startsWith(beginning)).reduce((one, next) -> next);
  }

  private boolean saysNext(String beginning) {
    synchronized (lines) {
      while (read < lines.size()) {
        if (lines.get(read++).startsWith(beginning)) {
          return true;
        }
      }
      return false;
    }
  }

  void tell(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
  }

  void kill() {
    process.destroyForcibly();
  }

  void freeze() throws Exception {
    signal("STOP");
  }

  void thaw() throws Exception {
    signal("CONT");
  }

  private void signal(String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
    assertEquals(0, kill.waitFor(), "signalled");
  }
}
