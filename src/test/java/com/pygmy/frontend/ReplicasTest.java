package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.pygmy.config.Balancing;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicasTest {

  private final AtomicLong nanos = new AtomicLong();
  private FrontendFixture fixture;

  @BeforeEach
  void start() {
    fixture = new FrontendFixture();
    for (String name : List.of("n1", "n2", "n3")) {
      fixture.store.announce(Service.ORDER, name, true);
    }
    fixture.store.announce(Service.ORDER, "n4", false);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void prefersTheReplicaOfItsOwnNode() {
    Replicas replicas = replicas(Balancing.LOCAL_FIRST, "n2");
    Set<String> second = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      List<String> order = replicas.inOrder(Service.ORDER, "");
      assertEquals("n2", order.get(0));
      second.add(order.get(1));
    }
    assertEquals(Set.of("n1", "n3"), second, "the others take turns");
  }

  @Test
  void takesTurnsWhenNoneIsLocal() {
    assertEquals(Map.of("n1", 2, "n2", 2, "n3", 2), firsts(Balancing.LOCAL_FIRST, 6));
  }

  @Test
  void takesTurns() {
    assertEquals(Map.of("n1", 2, "n2", 2, "n3", 2), firsts(Balancing.ROUND_ROBIN, 6));
  }

  @Test
  void takesTurnsWhateverIsAskedOfOtherServices() {
    fixture.store.announce(Service.ORDER, "n3", false);
    fixture.store.announce(Service.CATALOG, "n1", true);
    fixture.store.announce(Service.CATALOG, "n2", true);
    Replicas replicas = replicas(Balancing.ROUND_ROBIN, "none");
    Set<String> asked = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      asked.add(replicas.inOrder(Service.ORDER, "").get(0));
      assertEquals(2, replicas.inOrder(Service.CATALOG, "").size());
    }
    assertEquals(Set.of("n1", "n2"), asked);
  }

  @Test
  void asksAReplicaThatLeftARequestUnansweredAfterTheOthersForAWhile() {
    for (Balancing balancing : Balancing.values()) {
      Replicas replicas = replicas(balancing, "n1");
      Future<Message> lost = replicas.ask(Service.ORDER, "n1", new Message.FindOrder(1), 100);
      fixture.await(lost.otherwiseEmpty());
      for (int i = 0; i < 3; i++) {
        assertEquals("n1", replicas.inOrder(Service.ORDER, "Ada").get(2));
      }
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      Set<String> last = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        last.add(replicas.inOrder(Service.ORDER, "session-" + i).get(2));
      }
      assertNotEquals(Set.of("n1"), last, balancing.toString());
    }
  }

  @Test
  void neverAsksWhoIsNotReady() {
    for (Balancing balancing : Balancing.values()) {
      assertEquals(
          Set.of("n1", "n2", "n3"),
          Set.copyOf(replicas(balancing, "n4").inOrder(Service.ORDER, "Ada")));
    }
  }

  @Test
  void prefersWhoHasTheLeastToDo() {
    Promise<Message> held = Promise.promise();
    for (String name : List.of("n1", "n3")) {
      fixture.await(fixture.store.replica(Service.ORDER, name, request -> held.future()));
    }
    Replicas replicas = replicas(Balancing.LEAST_LOADED, "n1");
    Message request = new Message.FindOrder(1);
    Future<Message> one = replicas.ask(Service.ORDER, "n1", request, 5_000);
    Future<Message> two = replicas.ask(Service.ORDER, "n3", request, 5_000);
    for (int i = 0; i < 3; i++) {
      assertEquals("n2", replicas.inOrder(Service.ORDER, "").get(0));
    }
    held.complete(new Message.OrderFound(Optional.empty()));
    fixture.await(Future.all(one, two));
    assertEquals(Map.of("n1", 1, "n2", 1, "n3", 1), firsts(replicas, 3));
  }

  @Test
  void keepsASessionAtItsReplicaWhileThatIsReady() {
    Replicas replicas = replicas(Balancing.SESSION, "n1");
    Map<String, String> before = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      before.put("customer-" + i, replicas.inOrder(Service.ORDER, "customer-" + i).get(0));
    }
    assertEquals(Set.of("n1", "n2", "n3"), Set.copyOf(before.values()), "sessions are spread");
    fixture.store.announce(Service.ORDER, "n3", false);
    before.forEach(
        (session, replica) -> {
          if (!replica.equals("n3")) {
            assertEquals(replica, replicas.inOrder(Service.ORDER, session).get(0));
          }
        });
  }

  @Test
  void asksWhoCannotServeAfterTheOthers() {
    Message no = new Message.Unavailable("no read point");
    fixture.await(
        fixture.store.replica(Service.ORDER, "n1", request -> Future.succeededFuture(no)));
    Replicas replicas = replicas(Balancing.LOCAL_FIRST, "n1");
    assertEquals("n1", replicas.inOrder(Service.ORDER, "").get(0));
    assertEquals(
        no, fixture.await(replicas.ask(Service.ORDER, "n1", new Message.FindOrder(1), 5_000)));
    assertEquals("n1", replicas.inOrder(Service.ORDER, "").get(2));
  }

  @Test
  void suspectsNobodyWhoIsOverloaded() {
    Message shed = new Message.Overloaded("too many searches");
    fixture.await(
        fixture.store.replica(Service.ORDER, "n1", request -> Future.succeededFuture(shed)));
    Replicas replicas = replicas(Balancing.LOCAL_FIRST, "n1");
    assertEquals(
        shed, fixture.await(replicas.ask(Service.ORDER, "n1", new Message.FindOrder(1), 5_000)));
    assertEquals("n1", replicas.inOrder(Service.ORDER, "").get(0));
  }

  @Test
  void saysOfWhichServicesNobodyIsReady() {
    Replicas replicas = replicas(Balancing.LOCAL_FIRST, "n1");
    assertEquals(Optional.empty(), replicas.missing(Service.ORDER));
    assertEquals(
        Optional.of("no catalog replica is ready"),
        replicas.missing(Service.CATALOG, Service.ORDER));
  }

  private Replicas replicas(Balancing balancing, String node) {
    return new Replicas(
        fixture.bus, fixture.directory, balancing, node, nanos::get, fixture.metrics);
  }

  private Map<String, Integer> firsts(Balancing balancing, int times) {
    return firsts(replicas(balancing, "none"), times);
  }

  private static Map<String, Integer> firsts(Replicas replicas, int times) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < times; i++) {
      counts.merge(replicas.inOrder(Service.ORDER, "").get(0), 1, Integer::sum);
    }
    return counts;
  }
}
