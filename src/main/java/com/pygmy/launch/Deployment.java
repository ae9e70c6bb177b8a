package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.deploy.Fleet;
import com.pygmy.deploy.Found;
import com.pygmy.deploy.Host;
import com.pygmy.deploy.HostFailure;
import com.pygmy.deploy.Release;
import com.pygmy.deploy.Ssh;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A shop whose nodes are on several machines, each reached by ssh, and asked there: this machine
 * need not reach their ports.
 *
 * @param all the hosts of its nodes, in the order of the conf
 * @param chosen those that a command is about
 */
record Deployment(
    Conf conf, Path confFile, List<Host> all, List<Host> chosen, Ssh ssh, LongSupplier nanoClock) {

  /** For what a host does at once, on a slow machine: a JVM's start among it. */
  private static final int STEP_SECONDS = 30;

  /** {@code down} there gives three stages of nodes their time, and kills then. */
  private static final int DOWN_SECONDS = 90;

  /** {@code up --detach} there gives up by itself after so long, and its {@code --wait}. */
  private static final int UP_SECONDS = 30;

  private static final long POLL_MILLIS = 300;

  Deployment {
    all = List.copyOf(all);
    chosen = List.copyOf(chosen);
  }

  NodeConf node(Host host) {
    return conf.node(host.node()).orElseThrow();
  }

  /** For a step that takes so long there. */
  int seconds(int step) {
    return ssh.connectSeconds() + step;
  }

  /**
   * What is there of these nodes, and which files of their releases are not.
   *
   * @throws HostFailure also if anything else than was said looks after one of them: it would start
   *     again what is stopped
   */
  Map<Host, Found> look(List<Host> hosts, Map<Host, Release> releases)
      throws HostFailure, InterruptedException {
    return Fleet.each(
        hosts,
        host -> {
          List<String> words = new ArrayList<>(List.of(host.node()));
          Optional.ofNullable(releases.get(host))
              .ifPresent(release -> words.addAll(release.hashes()));
          Found found =
              Found.parse(
                  ssh.run(host, seconds(STEP_SECONDS), Optional.empty(), "look", words).out());
          if (found.is(Found.Mark.SERVICE) && !ssh.systemd()) {
            throw new HostFailure(
                ExitCode.REFUSED, host + " is a service of systemd there: say --systemd");
          } else if (found.is(Found.Mark.SUPERVISED) && ssh.systemd()) {
            throw new HostFailure(
                ExitCode.REFUSED,
                host + " has a supervisor there: 'deploy down' without --systemd comes first");
          }
          return found;
        });
  }

  /** What is there, and what its frontend says, or, if it is none, any other. */
  HostStatus status(Host host) throws HostFailure, InterruptedException {
    String others =
        node(host).has(Role.FRONTEND)
            ? ""
            : conf.nodesWith(Role.FRONTEND).stream()
                .flatMap(frontend -> frontend.url().stream())
                .collect(Collectors.joining(","));
    List<String> words = List.of(host.node(), others);
    return HostStatus.of(
        Found.parse(ssh.run(host, seconds(STEP_SECONDS), Optional.empty(), "status", words).out()));
  }

  /** Starts a node from a release that is there; waits for it, if it has a supervisor. */
  void start(Host host, Release release, int waitSeconds, String javaOptions)
      throws HostFailure, InterruptedException {
    List<String> words =
        List.of(host.node(), release.id(), Integer.toString(waitSeconds), javaOptions);
    var unused = ssh.run(host, seconds(waitSeconds + UP_SECONDS), Optional.empty(), "up", words);
  }

  /** Stops a node. False: it had to be killed. */
  boolean stop(Host host) throws HostFailure, InterruptedException {
    List<String> words = List.of(host.node());
    String complaints = ssh.run(host, seconds(DOWN_SECONDS), Optional.empty(), "down", words).err();
    return !complaints.contains(Stopping.KILLING);
  }

  /** Removes old releases. */
  void prune(List<Host> hosts) throws HostFailure, InterruptedException {
    Map<List<String>, Host> places = new LinkedHashMap<>();
    hosts.forEach(host -> places.put(List.of(host.destination(), host.directory()), host));
    var unused =
        Fleet.each(
            List.copyOf(places.values()),
            host -> ssh.run(host, seconds(STEP_SECONDS), Optional.empty(), "prune", List.of()));
  }

  /**
   * What of these nodes is not there, or not level, as each of them sees it; none: all is.
   *
   * @param releases that they are to run; of others it does not matter
   */
  private List<String> missing(List<Host> hosts, Map<Host, Release> releases)
      throws InterruptedException {
    Map<Host, HostFailure> failed = new LinkedHashMap<>();
    Map<Host, HostStatus> told = Fleet.each(hosts, this::status, failed);
    List<String> missing =
        new ArrayList<>(failed.values().stream().map(HostFailure::getMessage).toList());
    told.forEach(
        (host, status) -> {
          Optional<String> runs = status.found().runs();
          Optional<String> wanted = Optional.ofNullable(releases.get(host)).map(Release::id);
          if (runs.isEmpty()) {
            missing.add(host + " does not run");
          } else if (wanted.isPresent() && !runs.equals(wanted)) {
            missing.add(host + " runs release " + runs.get() + ", not " + wanted.get());
          } else if (!status.found().is(Found.Mark.JOINED)) {
            // Of one that has just gone the others have last been told that it was level.
            missing.add(host + " has not joined its cluster");
          } else if (status.view().isEmpty()) {
            missing.add("no frontend answers " + host);
          } else {
            missing.addAll(missing(host, status.view().get(), hosts));
          }
        });
    return missing;
  }

  private List<String> missing(Host observer, ClusterView view, List<Host> hosts) {
    List<String> missing = new ArrayList<>();
    for (Host host : hosts) {
      List<String> roles = node(host).roles().stream().map(Role::label).toList();
      Level.missing(new Level.Mate(host.node(), roles, node(host).url()), view)
          .forEach(what -> missing.add(observer.node() + " does not see " + what));
    }
    if (view.leader().isEmpty()) {
      missing.add(observer.node() + " sees no leader");
    }
    return missing;
  }

  /** Until these nodes run these releases and are level; answers what is not after so long. */
  List<String> awaitLevel(List<Host> hosts, Map<Host, Release> releases, int waitSeconds)
      throws InterruptedException {
    long start = nanoClock.getAsLong();
    List<String> missing = missing(hosts, releases);
    while (!missing.isEmpty()
        && nanoClock.getAsLong() - start < TimeUnit.SECONDS.toNanos(waitSeconds)) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      missing = missing(hosts, releases);
    }
    return missing;
  }

  /** Who leads, as whoever knows best says. */
  Optional<String> leader() throws InterruptedException {
    return HostStatus.best(Fleet.each(all, this::status, new LinkedHashMap<>()).values())
        .flatMap(HostStatus::view)
        .flatMap(ClusterView::leader)
        .map(ClusterView.ReplicaView::node);
  }
}
