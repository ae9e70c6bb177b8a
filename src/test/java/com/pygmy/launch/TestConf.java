package com.pygmy.launch;

import com.pygmy.Ports;
import com.pygmy.config.AdminToken;
import com.pygmy.config.Balancing;
import com.pygmy.config.Conf;
import com.pygmy.config.Conf.CacheConf;
import com.pygmy.config.Conf.LimitsConf;
import com.pygmy.config.Conf.RaftConf;
import com.pygmy.config.Conf.RestockConf;
import com.pygmy.config.LogFormat;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.replication.ratis.Outside;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A conf for nodes in this JVM, on free ports, and what they take from outside. */
final class TestConf {

  static final String TOKEN = "test-token";
  static final RestockConf NO_RESTOCK = new RestockConf(false, 0, 0, Optional.empty());

  private static final long PATIENCE_SECONDS = 30;

  private TestConf() {}

  /** Nodes n1, n2 …, each with every role. */
  static Conf of(int size, RestockConf restock, Optional<Path> catalogue) {
    List<Integer> ports = Ports.free(4 * size);
    List<NodeConf> nodes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      nodes.add(
          new NodeConf(
              "n" + (i + 1),
              "127.0.0.1",
              Set.of(Role.values()),
              OptionalInt.of(ports.get(4 * i)),
              OptionalInt.of(ports.get(4 * i + 1)),
              size > 1 ? OptionalInt.of(ports.get(4 * i + 2)) : OptionalInt.empty(),
              0,
              false,
              Optional.empty(),
              OptionalInt.of(ports.get(4 * i + 3))));
    }
    return new Conf(
        "test-" + ports.get(0),
        nodes,
        new RaftConf(300, 600),
        restock,
        Balancing.LOCAL_FIRST,
        new CacheConf(false),
        new LimitsConf(0),
        LogFormat.TEXT,
        List.of(new AdminToken(TOKEN)),
        catalogue,
        Optional.empty(),
        Optional.empty());
  }

  /** Those of the nodes' ports that somebody listens on. */
  static Set<Integer> portsTaken(Stream<NodeConf> nodes) {
    return nodes
        .flatMap(n -> Stream.of(n.httpPort(), n.raftPort(), n.hazelcastPort(), n.managementPort()))
        .flatMapToInt(OptionalInt::stream)
        .filter(port -> !Ports.isFree(port))
        .boxed()
        .collect(Collectors.toSet());
  }

  static Outside outside(Consumer<Throwable> onFatal) {
    return new Outside(
        System::nanoTime,
        System::currentTimeMillis,
        RandomGeneratorFactory.of("L64X128MixRandom").create(System.nanoTime()),
        onFatal);
  }

  static void until(String what, BooleanSupplier holds) {
    until(what, holds, () -> "");
  }

  static void until(String what, BooleanSupplier holds, Supplier<String> instead) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain until " + what + " " + instead.get());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
