package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.launch.PidFile.Running;
import com.pygmy.launch.Supervisor.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** The life of a {@link Supervisor} in a process: its pid file, its signals, what it says. */
record SupervisorProcess(
    Launch launch, boolean respawn, Voice voice, LongSupplier nanoClock, boolean tokenInFile) {

  /** After a failed start: what was never ready has nothing to drain. */
  private static final long ABORT_GRACE_MILLIS = 4_000;

  /** Every stage of {@link Stopping} in full, and some. */
  private static final long MAX_STOP_SECONDS = 65;

  /** Returns when all nodes have been stopped. */
  int run(int waitSeconds) throws IOException {
    PidFile pidFile = launch.data().supervisor();
    ProcessProof self = ProcessProof.ofThisProcess();
    String how = respawn ? Supervisor.RESPAWNS : "";
    pidFile.write(new Running(self, how, List.of(), Optional.empty(), false));
    Supervisor supervisor = new Supervisor(launch, respawn, nanoClock, voice::say);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(supervisor, ended)));
    long graceMillis = Stopping.NODE_GRACE_MILLIS;
    try {
      Optional<Failure> failure = supervisor.start(TimeUnit.SECONDS.toMillis(waitSeconds));
      if (failure.isPresent()) {
        graceMillis = ABORT_GRACE_MILLIS;
        voice.complain(failure.get().reason());
        return failure.get().exitCode();
      }
      if (!supervisor.isStopRequested()) {
        sayReady(supervisor.conf());
        supervisor.watch();
      }
      if (!supervisor.isStopRequested()) {
        voice.complain("no node is left to look after");
        return ExitCode.UNAVAILABLE;
      }
      voice.say("stopping");
      return ExitCode.OK;
    } finally {
      supervisor.stopNodes(graceMillis);
      pidFile.clear();
      voice.say("stopped");
      ended.countDown();
    }
  }

  private static void stopAndWait(Supervisor supervisor, CountDownLatch ended) {
    supervisor.requestStop();
    try {
      if (!ended.await(MAX_STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("not all nodes have stopped");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sayReady(Conf conf) {
    voice.say("Pygmy is up on " + launch.data().root() + ":");
    int width = conf.nodes().stream().mapToInt(n -> n.name().length()).max().orElse(0);
    for (NodeConf node : conf.nodes()) {
      String roles =
          node.roles().stream().map(Role::label).sorted().collect(Collectors.joining(", "));
      String url = node.url().orElse("");
      voice.say("  %s  %-22s  %s".formatted(pad(node.name(), width), url, roles).stripTrailing());
    }
    if (tokenInFile) {
      voice.say("admin token: " + launch.data().adminToken() + " (readable by you only)");
    }
    String authority = conf.tls().map(tls -> " --cacert " + tls.certificate()).orElse("");
    conf.nodesWith(Role.FRONTEND).stream()
        .findFirst()
        .flatMap(NodeConf::url)
        .map(url -> "try this: launcher/pygmy search distributed-systems --url " + url + authority)
        .ifPresent(voice::say);
    voice.say(
        voice.isDetached()
            ? "stop it:  launcher/pygmy down --data " + launch.data().root()
            : "stop it:  Ctrl-C");
    voice.ready();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
