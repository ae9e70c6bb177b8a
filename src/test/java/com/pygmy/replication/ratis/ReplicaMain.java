package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReadPoint;
import com.pygmy.replication.ratis.Settings.Replica;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * One replica as its own process, for tests. Arguments: name, replicas as {@code name=host:port,…},
 * folder, entries between syncs of the state, entries between purges, entries kept. Reads commands
 * from stdin, {@code <id> <command> …}, and answers each with a line {@code <id> …} when it is
 * done.
 */
public final class ReplicaMain {
  private static final int HALTED = 3;

  private static Hammer hammer;

  private ReplicaMain() {}

  public static void main(String[] args) {
    try {
      run(args);
      Runtime.getRuntime().halt(0);
    } catch (Exception failed) {
      // Threads of Ratis would keep a replica that failed to start, and nobody would know.
      halt(failed);
    }
  }

  private static void halt(Throwable cause) {
    cause.printStackTrace();
    Runtime.getRuntime().halt(HALTED);
  }

  private static void run(String[] args) throws Exception {
    List<Replica> replicas = new ArrayList<>();
    for (String replica : args[1].split(",", -1)) {
      String[] parts = replica.split("[=:]", -1);
      replicas.add(new Replica(parts[0], parts[1], Integer.parseInt(parts[2])));
    }
    Path folder = Path.of(args[2]);
    PrintStream out = System.out;
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(System.nanoTime());
    LineState state = new LineState(folder.resolve("state"), Integer.parseInt(args[3]));
    Settings settings =
        Settings.of("test", args[0], replicas, folder.resolve("raft"))
            .withLog(Integer.parseInt(args[4]), Integer.parseInt(args[5]));
    RatisLog<Long> log =
        RatisLog.start(
            settings,
            state,
            new Outside(System::nanoTime, System::currentTimeMillis, random, ReplicaMain::halt));
    say(out, "0 started " + log.incarnation());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 4);
      serve(out, log, state, words);
    }
  }

  private static void say(PrintStream out, String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }

  private static void serve(PrintStream out, RatisLog<Long> log, LineState state, String[] words)
      throws Exception {
    String id = words[0];
    switch (words[1]) {
      case "propose" -> {
        // propose <text>: in the present term
        Leadership now = log.leadership();
        Stages.onDone(
            log.propose(now.term(), words[2].getBytes(StandardCharsets.UTF_8)),
            (outcome, failure) -> say(out, id + " " + text(outcome, failure)));
      }
      case "read" ->
          Stages.onDone(
              log.confirmRead(),
              (point, failure) ->
                  say(
                      out,
                      point instanceof ReadPoint.Confirmed c
                          ? id + " confirmed " + c.term() + " " + c.index() + " " + state.size()
                          : id + " unavailable " + point));
      case "leadership" -> {
        Leadership now = log.leadership();
        say(
            out,
            "%s %s %d %s %s"
                .formatted(
                    id, now.role(), now.term(), now.leader().orElse("-"), now.ready() ? 1 : 0));
      }
      case "ready" ->
          Stages.onDone(log.ready(), (done, failure) -> say(out, id + " ready " + failure));
      case "stepdown" ->
          Stages.onDone(log.stepDown(), (done, failure) -> say(out, id + " stepdown " + done));
      case "incarnation" -> say(out, id + " " + log.incarnation() + " " + state.installs);
      case "dump" -> dump(out, id, state, Path.of(words[2]));
      case "hammer" -> {
        hammer = new Hammer(log, state);
        hammer.start(Integer.parseInt(words[2]));
        say(out, id + " hammering");
      }
      case "hammerstop" -> {
        hammer.stop();
        say(out, id + " stopped");
      }
      case "hammered" ->
          say(out, id + " " + hammer.verdict(Long.parseLong(words[2]), Integer.parseInt(words[3])));
      case "bench" ->
          new Thread(
                  () -> say(out, id + " " + Bench.run(log, words[2], Integer.parseInt(words[3]))))
              .start();
      default -> say(out, id + " what");
    }
  }

  private static void dump(PrintStream out, String id, LineState state, Path file)
      throws IOException {
    Files.write(file, state.lines());
    say(out, id + " dumped");
  }

  private static String text(Proposal<Long> outcome, Throwable failure) {
    if (outcome instanceof Proposal.Committed<Long> c) {
      return "committed " + c.index() + " " + c.result();
    }
    return failure == null ? outcome.getClass().getSimpleName() : "failed " + failure;
  }
}
