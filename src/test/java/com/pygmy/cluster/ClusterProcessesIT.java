package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.ClusterSettings.Endpoint;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three nodes in processes of their own, killed and frozen. */
@Tag("long")
final class ClusterProcessesIT {

  private static final Logger log = LoggerFactory.getLogger(ClusterProcessesIT.class);

  /** The time-out of 4 s, a heartbeat, and a machine that does other things, too. */
  private static final long FROZEN_MILLIS = 10_000;

  private static final long LONGEST_MILLIS = 60_000;

  private final List<Node> nodes = new ArrayList<>();
  private List<Endpoint> members;

  @BeforeEach
  void start() throws Exception {
    members = TestCluster.freeEndpoints(3);
    for (int i = 0; i < members.size(); i++) {
      nodes.add(new Node(i));
      // One after the other: the first one leads.
      nodes.get(i).await("READY", LONGEST_MILLIS);
    }
    for (Node node : nodes) {
      node.await("VIEW 3 3", LONGEST_MILLIS);
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(node -> node.process.destroyForcibly());
  }

  @Test
  void killedMemberIsGoneFromTheSubscriptionsSoon() throws Exception {
    nodes.get(0).process.destroyForcibly();
    long first = nodes.get(1).await("VIEW 2 2", FROZEN_MILLIS);
    long second = nodes.get(2).await("VIEW 2 2", FROZEN_MILLIS);
    log.warn("killed: gone after {} and {} ms", first, first + second);
  }

  @Test
  void survivorsStayTogetherWhenTheMasterFreezesAndItComesBack() throws Exception {
    assertSurvivorsStayTogether(0);
  }

  @Test
  void survivorsStayTogetherWhenAnotherFreezesAndItComesBack() throws Exception {
    assertSurvivorsStayTogether(2);
  }

  private void assertSurvivorsStayTogether(int frozen) throws Exception {
    nodes.get(frozen).signal("STOP");
    List<Node> others = nodes.stream().filter(node -> node != nodes.get(frozen)).toList();
    for (Node other : others) {
      long millis = other.await("VIEW 2 2", FROZEN_MILLIS);
      log.warn("frozen: gone after another {} ms", millis);
    }
    for (Node other : others) {
      assertTrue(other.isAtLast("VIEW 2 2"), "still together");
    }
    nodes.get(frozen).signal("CONT");
    for (Node node : nodes) {
      node.await("VIEW 3 3", LONGEST_MILLIS);
    }
  }

  /** What it said since it was last awaited. */
  private final class Node {
    final Process process;
    private final List<String> lines = new ArrayList<>();
    private int read;

    Node(int index) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(
          System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
      command.add("-Xmx256m");
      ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
          .filter(argument -> argument.startsWith("--add-"))
          .forEach(command::add);
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(ClusterNodeProcess.class.getName(), "it", Integer.toString(index)));
      members.forEach(member -> command.add(Integer.toString(member.port())));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
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

    long await(String beginning, long millis) throws InterruptedException {
      return TestCluster.until(millis, () -> saysNext(beginning));
    }

    boolean isAtLast(String line) {
      synchronized (lines) {
        return lines.get(lines.size() - 1).equals(line);
      }
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

    void signal(String signal) throws Exception {
      Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start();
      assertTrue(kill.waitFor() == 0, "signalled");
    }
  }
}
