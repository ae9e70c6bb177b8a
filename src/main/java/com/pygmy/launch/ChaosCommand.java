package com.pygmy.launch;

import com.pygmy.chaos.Breaker;
import com.pygmy.chaos.Chaos;
import com.pygmy.chaos.FaultKind;
import com.pygmy.chaos.FaultKind.Needs;
import com.pygmy.chaos.Findings;
import com.pygmy.chaos.Load;
import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.history.HistoryText;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "chaos",
    description =
        "Start a shop of its own, break it again and again while clients use it, judge it.",
    footer = {
      "",
      "Faults: kill, kill-leader, kill-follower, freeze, freeze-leader, freeze-follower, cut,",
      "cut-leader, one-way, split, kill-all, wipe, corrupt, clock, slow-disk. Cuts need root, ip and",
      "nft; clock needs libfaketime, slow-disk needs strace; what is missing is skipped, and said so.",
      "",
      "Sound means: no 500, no request over 6 s but at a frozen node, what all clients saw is",
      "linearizable book by book, initial + restocked - sold = stock, every confirmed order reads",
      "the same everywhere, one order per key, numbers without a gap, all databases equal.",
      "Exits 1 when it is not, and keeps everything.",
      "",
      "Example:",
      "  launcher/pygmy chaos --faults kill-leader,freeze --seconds 60 --seed 1"
    })
final class ChaosCommand implements Callable<Integer> {

  private static final long START_MILLIS = 90_000;
  private static final int TOKEN_BITS = 128;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "the topology, on other addresses than there (default: conf/local.json)")
  private Path conf;

  @Option(
      names = "--faults",
      split = ",",
      paramLabel = "FAULT",
      defaultValue = "all",
      description = "which, or all (the default)")
  private List<String> faults;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description =
          "how long clients begin anything new, once the shop is warm (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "the same faults again, and the same baskets (default: another each time)")
  private Long seed;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      defaultValue = "8",
      description =
          "from one fault to the next, at least; none comes before the last was got over (default:"
              + " ${DEFAULT-VALUE})")
  private int everySeconds;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "12",
      description = "half of them read, half buy (default: ${DEFAULT-VALUE})")
  private int clients;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "an empty folder, which is kept (default: a new one, kept unless all is sound)")
  private Path data;

  @Option(
      names = "--json",
      description =
          "figures and verdict for programs; lines on the way go to" + " the standard error")
  private boolean json;

  @Option(
      names = "--java-opts",
      paramLabel = "FLAGS",
      description = "for the nodes, over their own flags (default: PYGMY_JAVA_OPTS)")
  private String javaOptions;

  ChaosCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Optional<List<FaultKind>> kinds = kinds(err);
    if (kinds.isEmpty()) {
      return ExitCode.USAGE;
    }
    if (seconds < 1 || everySeconds < 0 || clients < 2) {
      err.println("--seconds must be at least 1, --every at least 0, --clients at least 2");
      return ExitCode.USAGE;
    }
    Map<String, String> environment = nodeEnvironment();
    Path like =
        surroundings.environment().conf(Optional.ofNullable(conf)).toAbsolutePath().normalize();
    Optional<Conf> loaded = ConfFile.load(like, environment, err);
    if (loaded.isEmpty()) {
      return ExitCode.USAGE;
    }
    Optional<Path> folder = folder(err);
    if (folder.isEmpty()) {
      return ExitCode.REFUSED;
    }
    try (ChaosScene scene = new ChaosScene(folder.get(), data == null)) {
      Thread hook = new Thread(scene::close, "chaos-cleanup");
      Runtime.getRuntime().addShutdownHook(hook);
      Set<Needs> needs = kinds.get().stream().map(FaultKind::needs).collect(Collectors.toSet());
      ChaosTools tools = ChaosTools.find(needs, loaded.get().nodes().size());
      tools.network().ifPresent(scene::owns);
      List<FaultKind> possible = possible(kinds.get(), tools, err);
      return possible.isEmpty()
          ? ExitCode.UNAVAILABLE
          : run(like, possible, tools, scene, environment);
    }
  }

  private int run(
      Path like,
      List<FaultKind> kinds,
      ChaosTools tools,
      ChaosScene scene,
      Map<String, String> environment)
      throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    long chosenSeed = seed != null ? seed : surroundings.random().nextInt(Integer.MAX_VALUE);
    Load load = Load.of(clients);
    String token = new BigInteger(TOKEN_BITS, surroundings.random()).toString(36);
    Path confFile =
        ChaosConf.write(
            like, scene.folder(), tools.network(), load, token, ProcessHandle.current().pid());
    Optional<Conf> shop = ConfFile.load(confFile, environment, err);
    if (shop.isEmpty()) {
      return ExitCode.USAGE;
    }
    DataFolder nodes = new DataFolder(scene.folder().resolve("nodes"));
    Files.createDirectories(nodes.root());
    Launch launch =
        new Launch(surroundings.program(), confFile, shop.get(), nodes, nodeOptions(), environment);
    ChaosTopology topology = new ChaosTopology(launch, tools.network(), surroundings.nanoClock());
    scene.owns(topology);
    say("seed " + chosenSeed + "; starting " + String.join(", ", topology.nodes()));
    List<String> missing = topology.start(START_MILLIS);
    if (!missing.isEmpty()) {
      err.println("the shop did not start: " + String.join("; ", missing));
      err.println("its logs are kept in " + scene.keep());
      return ExitCode.UNAVAILABLE;
    }
    Chaos.Options options =
        new Chaos.Options(
            chosenSeed,
            TimeUnit.SECONDS.toMillis(seconds),
            TimeUnit.SECONDS.toMillis(everySeconds),
            kinds,
            load);
    Breaker breaker = new Breaker(topology, tools.network(), tools.faketime());
    Findings findings;
    try {
      findings =
          new Chaos(topology, breaker, token, options, surroundings.nanoClock(), this::say).run();
    } catch (IOException e) {
      err.println("the run was broken off: " + e.getMessage());
      err.println("everything is kept in " + scene.keep());
      return ExitCode.UNAVAILABLE;
    }
    return tell(findings, chosenSeed, kinds, scene);
  }

  private int tell(Findings findings, long chosenSeed, List<FaultKind> kinds, ChaosScene scene)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ChaosReport report = new ChaosReport(findings, chosenSeed);
    if (json) {
      out.println(report.json().encodePrettily());
    } else {
      out.println();
      report.print(out);
    }
    if (!findings.judgement().isSound()) {
      Path history = scene.keep().resolve("history.txt");
      HistoryText.save(findings.evidence().history(), history);
      say("kept: " + scene.keep() + ", the history in " + history);
      say("again: " + again(chosenSeed, kinds));
    }
    if (!json) {
      out.println(findings.judgement().line());
    }
    return findings.judgement().isSound() ? ExitCode.OK : ExitCode.REFUSED;
  }

  private String again(long chosenSeed, List<FaultKind> kinds) {
    return "launcher/pygmy chaos%s --faults %s --seconds %d --every %d --clients %d --seed %d"
        .formatted(
            conf == null ? "" : " --conf " + conf,
            kinds.stream().map(FaultKind::label).collect(Collectors.joining(",")),
            seconds,
            everySeconds,
            clients,
            chosenSeed);
  }

  private void say(String line) {
    PrintWriter writer = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    writer.println(line);
    writer.flush();
  }

  private Optional<List<FaultKind>> kinds(PrintWriter err) {
    if (faults.contains("all")) {
      return Optional.of(List.of(FaultKind.values()));
    }
    List<String> unknown = faults.stream().filter(label -> FaultKind.of(label).isEmpty()).toList();
    if (!unknown.isEmpty()) {
      String known =
          Arrays.stream(FaultKind.values()).map(FaultKind::label).collect(Collectors.joining(", "));
      err.println("there is no fault " + String.join(", ", unknown) + "; there are: " + known);
      return Optional.empty();
    }
    return Optional.of(
        faults.stream().flatMap(label -> FaultKind.of(label).stream()).distinct().toList());
  }

  private static List<FaultKind> possible(
      List<FaultKind> kinds, ChaosTools tools, PrintWriter err) {
    List<FaultKind> possible = new ArrayList<>();
    for (FaultKind kind : kinds) {
      String why = tools.missing().get(kind.needs());
      if (why == null) {
        possible.add(kind);
      } else {
        err.println("SKIPPED: " + kind.label() + ": " + why);
      }
    }
    if (possible.isEmpty()) {
      err.println("no fault is left");
    }
    return possible;
  }

  private Optional<Path> folder(PrintWriter err) throws IOException {
    if (data == null) {
      return Optional.of(Files.createTempDirectory("pygmy-chaos"));
    }
    Path folder = Files.createDirectories(data.toAbsolutePath().normalize());
    try (Stream<Path> children = Files.list(folder)) {
      if (children.findAny().isPresent()) {
        err.println(folder + " is not empty");
        return Optional.empty();
      }
    }
    return Optional.of(folder);
  }

  /** Without ours: what overrides a conf would move this shop onto another one's ports. */
  private Map<String, String> nodeEnvironment() {
    Map<String, String> environment = new TreeMap<>(surroundings.environment().variables());
    environment.keySet().removeIf(name -> name.startsWith("PYGMY_"));
    environment.putIfAbsent("MALLOC_ARENA_MAX", "2");
    return environment;
  }

  private List<String> nodeOptions() {
    String given =
        Optional.ofNullable(javaOptions)
            .or(() -> surroundings.environment().variable("PYGMY_JAVA_OPTS"))
            .orElse("");
    return given.isBlank() ? List.of() : List.of(given.strip().split("\\s+", -1));
  }
}
