package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Ports;
import com.pygmy.TestAuthority;
import com.pygmy.TlsDial;
import com.pygmy.cluster.ClusterSettings.Endpoint;
import com.pygmy.cluster.ClusterSettings.Tls;
import com.pygmy.cluster.ClusteredVertx.Metrics;
import com.pygmy.config.NodeCredentials;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bus of two nodes that know each other by certificates; and strangers, whom Hazelcast lets in
 * as it lets in everybody.
 */
final class BusTlsTest {

  private static final Message HINT = new Message.SalesHint(3);
  private static final Message LIE = new Message.SalesHint(4);
  private static final Message REQUEST = new Message.FindOrder(1);
  private static final String ADDRESS = "pygmy.test";
  private static final long TIMEOUT_MILLIS = 2_000;

  @TempDir private static Path folder;

  private static final List<Endpoint> members = TestCluster.freeEndpoints(3);
  private static final int busPort = Ports.free();
  private static final List<Vertx> nodes = new ArrayList<>();
  private static final List<Bus> buses = new ArrayList<>();
  private static final List<Message> heard = new CopyOnWriteArrayList<>();
  private static final List<Message> asked = new CopyOnWriteArrayList<>();
  private static NodeCredentials ours;
  private static NodeCredentials foreign;

  @BeforeAll
  static void start() throws Exception {
    ours = TestAuthority.of(folder.resolve("ours"), "n1").credentials("n1");
    foreign = TestAuthority.of(folder.resolve("foreign"), "n1").credentials("n1");
    for (int i = 0; i < 2; i++) {
      nodes.add(TestCluster.await(member(i, i == 0 ? busPort : 0, Optional.of(shows(ours)))));
      buses.add(new Bus(nodes.get(i)));
    }
    var unusedService =
        TestCluster.await(
            buses
                .get(0)
                .serve(
                    Service.ORDER,
                    "o1",
                    request -> {
                      asked.add(request);
                      return Future.succeededFuture(HINT);
                    }));
    var unusedEar = TestCluster.await(buses.get(0).listen(ADDRESS, heard::add));
  }

  @AfterAll
  static void stop() throws Exception {
    TestCluster.close(nodes);
  }

  @Test
  void nodesTalkToEachOther() throws Exception {
    assertEquals(HINT, TestCluster.await(ask(buses.get(1), "o1")));
  }

  /** By an address that is in no conf, and in no certificate. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "foreign"})
  void whoIsNoNodeIsNeitherHeardNorAsked(String kind) throws Exception {
    Optional<Tls> tls = kind.equals("plain") ? Optional.empty() : Optional.of(shows(foreign));
    Vertx stranger = TestCluster.await(member(2, 0, tls));
    try {
      assertEquals(3, ((VertxInternal) stranger).clusterManager().getNodes().size(), "it is in");
      Bus bus = new Bus(stranger);
      heard.clear();
      asked.clear();
      bus.publish(ADDRESS, LIE);
      failed(ask(bus, "o1"));
      buses.get(1).publish(ADDRESS, HINT);
      TestCluster.until(10_000, () -> !heard.isEmpty());
      assertEquals(List.of(HINT), heard);
      assertEquals(List.of(), asked);

      List<Message> told = new CopyOnWriteArrayList<>();
      var unused =
          TestCluster.await(
              bus.serve(
                  Service.ORDER,
                  "bait",
                  request -> {
                    told.add(request);
                    return Future.succeededFuture(LIE);
                  }));
      failed(ask(buses.get(1), "bait"));
      assertEquals(List.of(), told);
    } finally {
      TestCluster.await(stranger.close());
    }
  }

  @Test
  void whoDialsHasToShowACertificateOfTheAuthority() throws Exception {
    assertTrue(TlsDial.isTaken(busPort, ours, ours.shown()), "the test can tell");
    assertTrue(!TlsDial.isTaken(busPort, ours), "none");
    assertTrue(!TlsDial.isTaken(busPort, ours, foreign.shown()), "another authority's");
  }

  private static Future<Message> ask(Bus bus, String replica) {
    return bus.ask(Service.ORDER, replica, REQUEST, TIMEOUT_MILLIS);
  }

  private static void failed(Future<Message> asked) {
    assertThrows(ExecutionException.class, () -> TestCluster.await(asked));
  }

  private static Tls shows(NodeCredentials shown) {
    return new Tls(shown.chainPem(), shown.keyPem(), ours.authoritiesPem());
  }

  private static Future<Vertx> member(int index, int port, Optional<Tls> tls) {
    return ClusteredVertx.start(
        new ClusterSettings("bus-tls", "n" + index, members.get(index), port, members, tls),
        Metrics.none());
  }
}
