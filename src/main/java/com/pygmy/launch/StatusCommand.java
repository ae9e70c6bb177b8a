package com.pygmy.launch;

import com.pygmy.cli.AuthoritiesOption;
import com.pygmy.cli.ExitCode;
import com.pygmy.cli.Table;
import com.pygmy.launch.ClusterView.CacheView;
import com.pygmy.launch.ClusterView.ReplicaView;
import com.pygmy.launch.DataFolder.NodeFolder;
import com.pygmy.launch.PidFile.Running;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Show nodes and replicas: who runs, who leads, who lags, who is ready.",
    footer = {
      "",
      "Exits 3 when no frontend answers.",
      "",
      "Example:",
      "  launcher/pygmy status --json"
    })
final class StatusCommand implements Callable<Integer> {

  private static final String NONE = "-";

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;
  @Mixin private AuthoritiesOption authorities;

  @Option(names = "--json", description = "for programs")
  private boolean json;

  @Option(
      names = "--url",
      split = ",",
      paramLabel = "URL",
      description = "ask there, rather than the frontends that ran on the data folder")
  private List<String> urls = new ArrayList<>();

  /** A node as its pid file tells, with its process if it lives. */
  private record NodeState(String name, Running running, Optional<ProcessHandle> process) {}

  StatusCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    DataFolder folder = data.folder(surroundings);
    List<NodeState> nodes = new ArrayList<>();
    for (NodeFolder node : folder.nodes()) {
      node.pidFile()
          .read()
          .ifPresent(r -> nodes.add(new NodeState(node.name(), r, r.proof().alive())));
    }
    Optional<ProcessHandle> supervisor = folder.supervisor().alive();
    Optional<String> answer = ask(nodes, folder);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(nodes, supervisor, answer).encodePrettily());
    } else {
      print(out, folder, nodes, supervisor, answer.flatMap(ClusterView::parse));
    }
    return answer.isPresent() ? ExitCode.OK : ExitCode.UNAVAILABLE;
  }

  private Optional<String> ask(List<NodeState> nodes, DataFolder folder) {
    List<String> asked = new ArrayList<>(urls);
    if (asked.isEmpty()) {
      nodes.stream()
          .filter(node -> node.process().isPresent())
          .forEach(node -> node.running().url().ifPresent(asked::add));
    }
    ClusterProbe probe = new ClusterProbe(new Trust(Optional.of(folder), authorities.file()));
    return asked.stream().flatMap(url -> probe.json(url).stream()).findFirst();
  }

  private static void print(
      PrintWriter out,
      DataFolder folder,
      List<NodeState> nodes,
      Optional<ProcessHandle> supervisor,
      Optional<ClusterView> view) {
    out.println(
        supervisor
                .map(process -> "supervisor: pid " + process.pid())
                .orElse("no supervisor: nodes that die stay dead")
            + ", data: "
            + folder.root());
    Table table =
        new Table("NODE", ">PID", "REPLICA", "ROLE", ">TERM", ">APPLIED", ">LAG", "READY", "URL");
    for (NodeState node : nodes) {
      rows(table, node, view.map(v -> v.of(node.name())).orElse(List.of()));
    }
    List<String> known = nodes.stream().map(NodeState::name).toList();
    view.stream()
        .flatMap(v -> v.replicas().stream())
        .filter(replica -> !known.contains(replica.node()))
        .forEach(replica -> row(table, replica.node(), NONE, replica, NONE));
    if (!table.isEmpty()) {
      table.print(out);
    }
    if (view.isEmpty()) {
      out.println(
          nodes.stream().allMatch(node -> node.process().isEmpty())
              ? "nothing runs here; start it with 'launcher/pygmy up'"
              : "no frontend answers");
      return;
    }
    printCaches(out, view.get().caches());
    out.println(
        "leader: "
            + view.get().leader().map(l -> l.node() + " (term " + l.term() + ")").orElse("none")
            + ", lock: "
            + view.get().lockHolder().map(holder -> "held by " + holder).orElse("free"));
  }

  private static void printCaches(PrintWriter out, List<CacheView> caches) {
    if (caches.isEmpty()) {
      return;
    }
    Table table =
        new Table("CACHE", "LEASED", ">LOCAL", ">SHARED", ">MISSES", ">SUSPENDED", ">LOSSES");
    caches.forEach(
        cache ->
            table.row(
                cache.node(),
                cache.leased() ? "yes" : "no",
                cache.localHits(),
                cache.sharedHits(),
                cache.misses(),
                cache.suspendedReads(),
                cache.leaseLosses()));
    table.print(out);
  }

  /** The node in its first row, its replicas one a row. */
  private static void rows(Table table, NodeState node, List<ReplicaView> replicas) {
    String pid = node.process().map(p -> Long.toString(p.pid())).orElse("stopped");
    String url = node.running().url().orElse(NONE);
    List<ReplicaView> shown = node.process().isPresent() ? replicas : List.of();
    if (shown.isEmpty()) {
      String roles = String.join(",", node.running().roles());
      table.row(node.name(), pid, roles, NONE, NONE, NONE, NONE, NONE, url);
      return;
    }
    row(table, node.name(), pid, shown.get(0), url);
    shown.stream().skip(1).forEach(replica -> row(table, "", "", replica, ""));
  }

  private static void row(Table table, String node, String pid, ReplicaView replica, String url) {
    table.row(
        node,
        pid,
        replica.service(),
        replica.role(),
        replica.term() == 0 ? NONE : replica.term(),
        replica.appliedIndex(),
        replica.lag(),
        replica.ready() ? "yes" : "no",
        url);
  }

  /** What {@code /cluster} answers, and what only this machine knows of each node. */
  private static JsonObject json(
      List<NodeState> nodes, Optional<ProcessHandle> supervisor, Optional<String> answer) {
    JsonObject all = answer.map(JsonObject::new).orElseGet(JsonObject::new);
    JsonArray shown = new JsonArray();
    List<String> known = new ArrayList<>();
    for (NodeState node : nodes) {
      known.add(node.name());
      JsonObject one = new JsonObject().put("node", node.name());
      node.running().url().ifPresent(url -> one.put("url", url));
      heardOf(all, node.name()).ifPresent(one::mergeIn);
      one.put("running", node.process().isPresent())
          .put("roles", new JsonArray(node.running().roles()));
      node.process().ifPresent(process -> one.put("pid", process.pid()));
      shown.add(one);
    }
    all.getJsonArray("nodes", new JsonArray()).stream()
        .map(JsonObject.class::cast)
        .filter(elsewhere -> !known.contains(elsewhere.getString("node")))
        .forEach(shown::add);
    supervisor.ifPresent(process -> all.put("supervisor", process.pid()));
    return all.put("answered", answer.isPresent()).put("nodes", shown);
  }

  private static Optional<JsonObject> heardOf(JsonObject cluster, String node) {
    return cluster.getJsonArray("nodes", new JsonArray()).stream()
        .map(JsonObject.class::cast)
        .filter(one -> node.equals(one.getString("node")))
        .findFirst();
  }
}
