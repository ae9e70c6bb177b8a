package com.pygmy.launch;

import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The nodes that are to run on a data folder: those of the conf, without those that its {@link
 * Roster} removes, and those that it adds.
 */
record Crew(Launch launch, List<Mate> mates) {

  /** A node, and how it is launched: by the conf that names it. */
  record Mate(Launch launch, NodeConf node) {}

  Crew {
    mates = List.copyOf(mates);
  }

  /** A node whose conf cannot be loaded is left out, and {@code say} hears of it. */
  static Crew of(Launch launch, Roster roster, Consumer<String> say) {
    List<Mate> mates = new ArrayList<>();
    for (NodeConf node : launch.conf().nodes()) {
      boolean removed =
          roster.changes().getOrDefault(node.name(), Optional.of(Path.of(""))).isEmpty();
      if (!removed) {
        mates.add(new Mate(launch, node));
      }
    }
    new TreeMap<>(roster.changes())
        .forEach(
            (name, conf) -> {
              if (conf.isPresent() && launch.conf().node(name).isEmpty()) {
                added(launch, name, conf.get(), say).ifPresent(mates::add);
              }
            });
    return new Crew(launch, mates);
  }

  private static Optional<Mate> added(Launch launch, String name, Path file, Consumer<String> say) {
    Map<String, String> environment = launch.environment();
    StringWriter errors = new StringWriter();
    Optional<Conf> conf = ConfFile.load(file, environment, new PrintWriter(errors, true));
    Optional<NodeConf> node = conf.flatMap(loaded -> loaded.node(name));
    if (node.isEmpty()) {
      say.accept(
          name
              + " was added, but is left out: "
              + (conf.isEmpty() ? errors : "it is not in " + file));
      return Optional.empty();
    }
    return Optional.of(new Mate(launch.by(file, conf.get()), node.get()));
  }

  /** The conf of all these nodes. */
  Conf conf() {
    return launch.conf().withNodes(mates.stream().map(Mate::node).toList());
  }
}
