package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriptionCheckTest {

  private static final String CLUSTER = "subscription-check";
  private static final String CATALOG = "pygmy.catalog.n0";
  private static final Message NOTHING = new Message.Unavailable("");

  private final BlockingQueue<List<String>> lost = new LinkedBlockingQueue<>();
  private List<Vertx> cluster;
  private Bus bus;
  private MessageConsumer<Message> catalog;
  private MessageConsumer<Message> order;

  @BeforeEach
  void start() throws Exception {
    cluster = TestCluster.start(CLUSTER, 2);
    bus = new Bus(cluster.get(0));
    catalog = TestCluster.await(bus.serve(Service.CATALOG, "n0", this::answer));
    order = TestCluster.await(bus.serve(Service.ORDER, "n0", this::answer));
  }

  @AfterEach
  void stop() throws Exception {
    TestCluster.close(cluster);
  }

  @Test
  void aLostSubscriptionIsNoticedWithinFiveSeconds() throws Exception {
    SubscriptionCheck.start(cluster.get(0), bus, lost::add, System::nanoTime);
    HazelcastInstance other =
        Hazelcast.getAllHazelcastInstances().stream()
            .filter(h -> h.getName().startsWith(CLUSTER + "/n1"))
            .findFirst()
            .orElseThrow();
    other.getMultiMap("__vertx.subs").remove(CATALOG);
    assertEquals(List.of(CATALOG), lost.poll(5, TimeUnit.SECONDS));
  }

  @Test
  void aLookThatGetsNoAnswerDoesNotEndTheLooking() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    Future<List<String>> never = Promise.<List<String>>promise().future();
    SubscriptionCheck.start(
        cluster.get(0),
        () -> looks.getAndIncrement() == 0 ? never : Future.succeededFuture(List.of(CATALOG)),
        50,
        lost::add,
        System::nanoTime);
    assertEquals(List.of(CATALOG), lost.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void nothingIsLostWhileAllIsWell() throws Exception {
    assertEquals(List.of(), TestCluster.await(bus.lost()));
  }

  @Test
  void anAddressThatIsServedNoLongerIsNotLost() throws Exception {
    TestCluster.await(catalog.unregister());
    assertEquals(List.of(), TestCluster.await(bus.lost()));
    assertTrue(order.isRegistered());
  }

  private Future<Message> answer(Message request) {
    return Future.succeededFuture(NOTHING);
  }
}
