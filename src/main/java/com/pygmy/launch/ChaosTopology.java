package com.pygmy.launch;

import com.pygmy.chaos.Network;
import com.pygmy.chaos.Topology;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.launch.ClusterView.ReplicaView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A shop of processes for the fault suite: supervised as {@code up} does it, but that a node is
 * started again after half a second however often it died, and may live in a namespace of the
 * network.
 */
final class ChaosTopology implements Topology, AutoCloseable {

  private static final long TICK_MILLIS = 50;
  private static final long GONE_MILLIS = 10_000;
  private static final long AUDIT_MILLIS = 15_000;

  private final Launch launch;
  private final ClusterProbe probe;

  /** What {@code kill -9} makes of a process. */
  private static final int KILLED = 137;

  private final List<String> endings = new ArrayList<>();
  private final LongSupplier nanoClock;
  private final List<SupervisedNode> nodes = new ArrayList<>();
  private final Set<String> held = ConcurrentHashMap.newKeySet();
  private final Map<String, Map<String, String>> environments = new ConcurrentHashMap<>();
  private final Thread supervisor = new Thread(this::supervise, "chaos-supervisor");
  private boolean closed;

  ChaosTopology(Launch launch, Optional<Network> network, LongSupplier nanoClock) {
    this.launch = launch;
    this.probe = new ClusterProbe(Trust.in(launch.data()));
    this.nanoClock = nanoClock;
    for (int i = 0; i < launch.conf().nodes().size(); i++) {
      NodeConf node = launch.conf().nodes().get(i);
      int number = i + 1;
      Backoff backoff = new Backoff(Backoff.FIRST_MILLIS);
      nodes.add(
          new SupervisedNode(
              launch,
              node,
              true,
              backoff,
              process -> {
                process.environment().putAll(environments.getOrDefault(node.name(), Map.of()));
                List<String> command = new ArrayList<>();
                network.ifPresent(all -> command.addAll(all.at(number)));
                command.addAll(process.command());
                process.command(command);
              }));
    }
  }

  /** Starts all nodes, and waits until they serve; tells what is missing if they do not in time. */
  List<String> start(long waitMillis) throws InterruptedException {
    long start = nanoClock.getAsLong();
    synchronized (this) {
      nodes.forEach(node -> node.startSoon(start));
    }
    supervisor.setDaemon(true);
    supervisor.start();
    List<String> missing = unlevel(Map.of());
    while (!missing.isEmpty()
        && nanoClock.getAsLong() - start < TimeUnit.MILLISECONDS.toNanos(waitMillis)) {
      TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
      missing = unlevel(Map.of());
    }
    return missing;
  }

  private void supervise() {
    try {
      while (tick()) {
        TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean tick() {
    if (!closed) {
      for (SupervisedNode node : nodes) {
        long now = nanoClock.getAsLong();
        SupervisedNode.Event event =
            node.tick(now, () -> !isHeld(node) && Supervisor.mayStartOneMore(nodes, now));
        if (event instanceof SupervisedNode.Event.Died died
            && !died.exitCode().equals(OptionalInt.of(KILLED))) {
          endings.add(
              "%s (pid %d), exit code %s"
                  .formatted(
                      node.node().name(),
                      died.pid(),
                      died.exitCode().isPresent() ? died.exitCode().getAsInt() : "unknown"));
        }
      }
    }
    return !closed;
  }

  private boolean isHeld(SupervisedNode node) {
    return held.contains(node.node().name());
  }

  @Override
  public synchronized List<String> endedByThemselves() {
    return List.copyOf(endings);
  }

  @Override
  public List<String> nodes() {
    return names(launch.conf().nodes());
  }

  @Override
  public List<String> catalogs() {
    return names(launch.conf().nodesWith(Role.CATALOG));
  }

  private static List<String> names(List<NodeConf> nodes) {
    return nodes.stream().map(NodeConf::name).toList();
  }

  @Override
  public Map<String, String> urls() {
    Map<String, String> urls = new LinkedHashMap<>();
    launch.conf().nodes().forEach(n -> n.url().ifPresent(url -> urls.put(n.name(), url)));
    return urls;
  }

  private List<ClusterView> views() {
    return urls().values().stream().flatMap(url -> probe.view(url).stream()).toList();
  }

  @Override
  public Optional<String> leader() {
    return views().stream()
        .flatMap(view -> view.leader().stream())
        .max(java.util.Comparator.comparingLong(ReplicaView::term))
        .map(ReplicaView::node);
  }

  @Override
  public void kill(List<String> names) throws IOException {
    held.addAll(names);
    List<ProcessProof> victims = new ArrayList<>();
    synchronized (this) {
      for (SupervisedNode node : nodes) {
        if (names.contains(node.node().name())) {
          node.target().ifPresent(target -> victims.add(target.proof()));
        }
      }
    }
    end(victims);
  }

  private static void end(List<ProcessProof> victims) throws IOException {
    victims.forEach(victim -> victim.alive().ifPresent(ProcessHandle::destroyForcibly));
    try {
      for (long waited = 0; victims.stream().anyMatch(ProcessProof::isAlive); waited++) {
        if (waited > GONE_MILLIS) {
          throw new IOException("killed, and not gone in " + GONE_MILLIS + " ms: " + victims);
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void release() {
    held.clear();
  }

  @Override
  public void freeze(String node) throws IOException {
    signal(node, "STOP");
  }

  @Override
  public void thaw(String node) throws IOException {
    signal(node, "CONT");
  }

  private void signal(String node, String signal) throws IOException {
    long pid = pid(node);
    try {
      int sent = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
      if (sent != 0) {
        throw new IOException("no signal " + signal + " for " + node + " (pid " + pid + ")");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void environment(String node, Map<String, String> more) {
    environments.put(node, Map.copyOf(more));
  }

  @Override
  public synchronized long pid(String name) throws IOException {
    return nodes.stream()
        .filter(node -> node.node().name().equals(name))
        .flatMap(node -> node.target().stream())
        .filter(target -> target.proof().isAlive())
        .findFirst()
        .orElseThrow(() -> new IOException(name + " does not run"))
        .proof()
        .pid();
  }

  @Override
  public Path folder(String node) {
    return launch.data().node(node).path();
  }

  @Override
  public Map<String, Long> furthest() {
    Map<String, Long> furthest = new HashMap<>();
    views().stream()
        .flatMap(view -> view.replicas().stream())
        .forEach(replica -> furthest.merge(replica.service(), replica.appliedIndex(), Math::max));
    return furthest;
  }

  @Override
  public List<String> unlevel(Map<String, Long> furthest) {
    List<String> unlevel = new ArrayList<>();
    synchronized (this) {
      nodes.stream()
          .filter(node -> !node.hasJoined())
          .forEach(node -> unlevel.add(node.node().name() + " has not joined"));
    }
    if (unlevel.isEmpty()) {
      List<String> behind = new ArrayList<>();
      unlevel.addAll(
          new Readiness(
                  launch.conf(),
                  url -> {
                    Optional<ClusterView> view = probe.view(url);
                    view.ifPresent(seen -> behind.addAll(behind(url, seen, furthest)));
                    return view;
                  })
              .missing());
      unlevel.addAll(behind);
    }
    return unlevel;
  }

  private static List<String> behind(String url, ClusterView view, Map<String, Long> furthest) {
    return view.replicas().stream()
        .filter(replica -> replica.appliedIndex() < furthest.getOrDefault(replica.service(), 0L))
        .map(
            replica ->
                "%s sees the %s of %s at %d, not yet at %d"
                    .formatted(
                        url,
                        replica.service(),
                        replica.node(),
                        replica.appliedIndex(),
                        furthest.get(replica.service())))
        .toList();
  }

  @Override
  public List<String> audit() throws InterruptedException {
    Audit audit = Audit.settled(launch.data(), AUDIT_MILLIS, nanoClock);
    List<String> differences = new ArrayList<>(audit.differences());
    if (!audit.isEveryBookCompared()) {
      differences.add("the catalogs never stood at the same position, though nobody wrote");
    }
    return differences;
  }

  /** Kills all. */
  @Override
  public void close() {
    List<ProcessProof> victims = new ArrayList<>();
    synchronized (this) {
      closed = true;
      nodes.forEach(node -> node.target().ifPresent(target -> victims.add(target.proof())));
    }
    try {
      end(victims);
    } catch (IOException e) {
      System.err.println(e.getMessage());
    }
  }
}
