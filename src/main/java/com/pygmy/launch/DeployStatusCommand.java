package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.cli.Table;
import com.pygmy.deploy.Fleet;
import com.pygmy.deploy.Found;
import com.pygmy.deploy.Host;
import com.pygmy.deploy.HostFailure;
import com.pygmy.launch.ClusterView.ReplicaView;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description =
        "Show hosts, nodes and replicas: who answers, which release runs, who leads, who lags.",
    footer = {
      "",
      "Exits 3 when a host, or every frontend, does not answer.",
      "",
      "Example:",
      "  launcher/pygmy deploy status --hosts hosts.txt --conf shop.json --json"
    })
final class DeployStatusCommand implements Callable<Integer> {

  private static final String NONE = "-";

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private DeployOptions options;

  @Option(names = "--json", description = "for programs")
  private boolean json;

  DeployStatusCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    return options.run(surroundings, spec.commandLine().getErr(), this::status);
  }

  private int status(Deployment shop) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Map<Host, HostFailure> failed = new LinkedHashMap<>();
    Map<Host, HostStatus> told = Fleet.each(shop.chosen(), shop::status, failed);
    Optional<HostStatus> best = HostStatus.best(told.values());
    if (json) {
      out.println(json(shop, told, failed, best).encodePrettily());
    } else {
      print(shop, told, best.flatMap(HostStatus::view), out);
      failed.values().forEach(failure -> spec.commandLine().getErr().println(failure.getMessage()));
    }
    return failed.isEmpty() && best.isPresent() ? ExitCode.OK : ExitCode.UNAVAILABLE;
  }

  private void print(
      Deployment shop, Map<Host, HostStatus> told, Optional<ClusterView> view, PrintWriter out) {
    Table table =
        new Table(
            "NODE",
            "HOST",
            "RELEASE",
            "RUNS",
            "REPLICA",
            "ROLE",
            ">TERM",
            ">APPLIED",
            ">LAG",
            "READY",
            "URL");
    for (Host host : shop.chosen()) {
      Optional<Found> found = Optional.ofNullable(told.get(host)).map(HostStatus::found);
      String release = found.flatMap(f -> f.runs().or(f::current)).orElse(NONE);
      String runs = found.map(DeployStatusCommand::runs).orElse("no answer");
      String url = shop.node(host).toldUrl().orElse(NONE);
      List<ReplicaView> replicas = view.map(v -> v.of(host.node())).orElse(List.of());
      if (replicas.isEmpty()) {
        table.row(
            host.node(),
            host.destination(),
            release,
            runs,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            url);
      }
      for (int i = 0; i < replicas.size(); i++) {
        boolean first = i == 0;
        ReplicaView replica = replicas.get(i);
        table.row(
            first ? host.node() : "",
            first ? host.destination() : "",
            first ? release : "",
            first ? runs : "",
            replica.service(),
            replica.role(),
            replica.term() == 0 ? NONE : replica.term(),
            replica.appliedIndex(),
            replica.lag(),
            replica.ready() ? "yes" : "no",
            first ? url : "");
      }
    }
    table.print(out);
    out.println(
        view.isEmpty()
            ? "no frontend answers"
            : "leader: "
                + view.get()
                    .leader()
                    .map(leader -> leader.node() + " (term " + leader.term() + ")")
                    .orElse("none"));
  }

  private static String runs(Found found) {
    if (found.runs().isEmpty()) {
      return "stopped";
    }
    return found.isKept() ? "yes" : "unsupervised";
  }

  private static JsonObject json(
      Deployment shop,
      Map<Host, HostStatus> told,
      Map<Host, HostFailure> failed,
      Optional<HostStatus> best) {
    JsonArray nodes = new JsonArray();
    for (Host host : shop.chosen()) {
      JsonObject one = new JsonObject().put("node", host.node());
      best.flatMap(status -> status.of(host.node())).ifPresent(one::mergeIn);
      one.put("host", host.destination()).put("answers", told.containsKey(host));
      Optional.ofNullable(told.get(host))
          .map(HostStatus::found)
          .ifPresent(
              found -> {
                one.put("running", found.runs().isPresent()).put("supervised", found.isKept());
                found.runs().or(found::current).ifPresent(id -> one.put("release", id));
              });
      Optional.ofNullable(failed.get(host))
          .ifPresent(failure -> one.put("error", failure.getMessage()));
      nodes.add(one);
    }
    return new JsonObject().put("answered", best.isPresent()).put("nodes", nodes);
  }
}
