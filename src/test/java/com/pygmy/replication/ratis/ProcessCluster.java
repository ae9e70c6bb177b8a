package com.pygmy.replication.ratis;

import com.pygmy.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/** Replicas as processes of their own: {@link ReplicaMain}, driven over stdin and stdout. */
final class ProcessCluster implements AutoCloseable {
  private static final long ANSWER_SECONDS = 60;

  private final Path root;
  private final Map<String, String> addresses = new TreeMap<>();
  private final Map<String, Replica> running = new ConcurrentSkipListMap<>();
  private final Function<String, List<String>> prefix;
  private final String[] log;

  /** A process. */
  final class Replica {
    final String name;
    final Process process;
    private final Writer in;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<String>> asked = new ConcurrentHashMap<>();
    private volatile boolean gone;
    final CompletableFuture<String> started = new CompletableFuture<>();

    Replica(String name, Process process) {
      this.name = name;
      this.process = process;
      this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
      asked.put(0L, started);
      Thread reader = new Thread(this::read, name + "-stdout");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (BufferedReader out =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
          Writer rest =
              Files.newBufferedWriter(
                  folder(name).resolve("log"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND)) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          int space = line.indexOf(' ');
          if (space > 0 && line.substring(0, space).matches("\\d+")) {
            CompletableFuture<String> answer =
                asked.remove(Long.parseLong(line.substring(0, space)));
            if (answer != null) {
              answer.complete(line.substring(space + 1));
            }
          } else {
            rest.write(line + "\n");
            rest.flush();
          }
        }
      } catch (IOException broken) {
        // the process is gone
      }
      gone = true;
      asked.values().forEach(a -> a.complete("gone"));
    }

    /** Ends with "gone" when the process ends. */
    CompletableFuture<String> ask(String command) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      long id = lastId.incrementAndGet();
      asked.put(id, answer);
      try {
        synchronized (in) {
          in.write(id + " " + command + "\n");
          in.flush();
        }
      } catch (IOException broken) {
        answer.complete("gone");
      }
      if (gone) {
        // The pipe of a dead process may still take what nobody will read.
        answer.complete("gone");
      }
      return answer;
    }

    /** Fails with what the process was doing when it does not answer. */
    String answer(String command) {
      CompletableFuture<String> answer = ask(command);
      try {
        return within(answer);
      } catch (AssertionError none) {
        throw new AssertionError(name + " did not answer " + command + "\n" + threads(), none);
      }
    }

    private String threads() {
      String jstack = Path.of(System.getProperty("java.home"), "bin", "jstack").toString();
      return run(jstack, Long.toString(process.pid()));
    }

    void signal(String signal) {
      run("kill", "-" + signal, Long.toString(process.pid()));
    }

    void freeze() {
      signal("STOP");
    }

    void thaw() {
      signal("CONT");
    }

    void kill() {
      signal("KILL");
      try {
        if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError(name + " survived");
        }
      } catch (InterruptedException stopped) {
        throw new AssertionError(stopped);
      }
      running.remove(name, this);
    }

    boolean leads() {
      String[] words = answer("leadership").split(" ", -1);
      return words[0].equals("LEADER") && words[3].equals("1");
    }
  }

  /**
   * Prepares it; starts nothing.
   *
   * @param addresses host and port by name
   * @param prefix what goes before the java command, by name
   * @param log entries between syncs of the state, between purges, and kept
   */
  ProcessCluster(
      Path root, Map<String, String> addresses, Function<String, List<String>> prefix, int... log) {
    this.root = root;
    this.addresses.putAll(addresses);
    this.prefix = prefix;
    this.log = Arrays.stream(log).mapToObj(Integer::toString).toArray(String[]::new);
  }

  static ProcessCluster local(Path root, int size, int... log) throws IOException {
    Map<String, String> addresses = new TreeMap<>();
    for (int i = 1; i <= size; i++) {
      addresses.put("c" + i, "127.0.0.1:" + Ports.free());
    }
    return new ProcessCluster(root, addresses, name -> List.of(), log);
  }

  static String within(CompletableFuture<String> answer) {
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException none) {
      throw new AssertionError("no answer from a replica", none);
    }
  }

  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + said);
      }
      return said;
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  ProcessCluster startAll() {
    addresses.keySet().forEach(this::start);
    return this;
  }

  /** Before that, a new store is not whole: Ratis counts no vote of an empty log. */
  ProcessCluster awaitReady() {
    running().stream().map(r -> r.ask("ready")).toList().forEach(ProcessCluster::within);
    return this;
  }

  Path folder(String name) {
    return root.resolve(name);
  }

  List<String> names() {
    return List.copyOf(addresses.keySet());
  }

  Replica start(String name) {
    List<String> command = new ArrayList<>(prefix.apply(name));
    String replicas =
        String.join(
            ",", addresses.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ReplicaMain.class.getName(),
            name,
            replicas,
            folder(name).toString()));
    command.addAll(List.of(log));
    try {
      Files.createDirectories(folder(name));
      Process process =
          new ProcessBuilder(command)
              .redirectError(
                  ProcessBuilder.Redirect.appendTo(folder(name).resolve("stderr").toFile()))
              .start();
      Replica replica = new Replica(name, process);
      running.put(name, replica);
      return replica;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  Replica replica(String name) {
    return running.get(name);
  }

  List<Replica> running() {
    return List.copyOf(running.values());
  }

  /** A ready leader among those given. */
  Replica leader(List<Replica> those) {
    return TestCluster.awaitValue(
        "a ready leader", () -> those.stream().filter(Replica::leads).findFirst().orElse(null));
  }

  Replica leader() {
    return leader(running());
  }

  List<Replica> without(Replica... some) {
    return running().stream().filter(r -> !Arrays.asList(some).contains(r)).toList();
  }

  /** Writes through whoever of those leads until it is acknowledged. */
  long write(List<Replica> those, String text) {
    return TestCluster.awaitValue(
        "an acknowledgement of " + text,
        () -> {
          String[] words = leader(those).answer("propose " + text).split(" ", -1);
          return words[0].equals("committed") ? Long.parseLong(words[1]) : null;
        });
  }

  /** Does the log begin with its first entry? */
  boolean hasFirstSegment(String name) {
    try (Stream<Path> files = Files.walk(folder(name).resolve("raft").resolve("storage"))) {
      return files.anyMatch(f -> f.getFileName().toString().matches("log_(0-.*|inprogress_0)"));
    } catch (IOException | UncheckedIOException changing) {
      return true;
    }
  }

  List<String> lines(Replica replica) {
    TestCluster.await(
        "a confirmed read at " + replica.name,
        () -> replica.answer("read").startsWith("confirmed"));
    Path dump = folder(replica.name).resolve("dump");
    replica.answer("dump " + dump);
    try {
      return Files.readAllLines(dump);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void close() {
    for (Replica replica : running()) {
      replica.process.destroyForcibly();
    }
  }
}
