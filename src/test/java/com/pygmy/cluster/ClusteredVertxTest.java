package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Logged;
import com.pygmy.Ports;
import com.pygmy.cluster.ClusterSettings.Endpoint;
import com.pygmy.domain.BookId;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.MessageCodec;
import com.pygmy.wire.RequestMark;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.shareddata.AsyncMap;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Real clustered Vert.x: three nodes started at once in this JVM. */
final class ClusteredVertxTest {

  private static List<Vertx> nodes;
  private static List<Bus> buses;

  @BeforeAll
  static void start() throws Exception {
    nodes = new ArrayList<>(TestCluster.start("three", 3));
    buses = nodes.stream().map(Bus::new).toList();
  }

  @AfterAll
  static void stop() throws Exception {
    TestCluster.close(nodes);
  }

  @Test
  void nodeAsksAnotherAndTheMessageCrossesAsBytes() throws Exception {
    Message.ReadBooks request = new Message.ReadBooks(List.of(new BookId(7)));
    List<Message> seen = new ArrayList<>();
    TestCluster.await(
        buses
            .get(0)
            .serve(
                Service.CATALOG,
                "far",
                asked -> {
                  seen.add(asked);
                  return Future.succeededFuture(new Message.BooksRead(5, List.of()));
                }));
    Message answer = TestCluster.await(buses.get(1).ask(Service.CATALOG, "far", request, 10_000));
    assertEquals(new Message.BooksRead(5, List.of()), answer);
    assertEquals(List.of(request), seen);
    assertTrue(seen.get(0) != request, "decoded, not the record itself");
  }

  /** As a node of an older version meets an answer that came after it. */
  @Test
  void anAnswerThatCannotBeReadFailsTheRequestAtOnce() throws Exception {
    EventBus newer = nodes.get(0).eventBus();
    newer.unregisterCodec(MessageCodec.NAME).registerCodec(new Newer());
    try {
      MessageConsumer<Object> far = newer.consumer(Addresses.of(Service.ORDER, "newer"));
      far.handler(asked -> asked.reply("", new DeliveryOptions().setCodecName(MessageCodec.NAME)));
      TestCluster.await(far.completion());
      Future<Message> asked =
          buses.get(1).ask(Service.ORDER, "newer", new Message.FindOrder(1), 10_000);
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> TestCluster.await(asked));
      assertFalse(Bus.wasNotDelivered(failure.getCause()), "it may have done what was asked");
      TestCluster.await(far.unregister());
    } finally {
      newer.unregisterCodec(MessageCodec.NAME).registerCodec(new MessageCodec());
    }
  }

  /** Whoever gets into the cluster could send what harms when it is read. */
  @Test
  void noJavaObjectsOfOtherLibrariesAreTakenFromMembers() throws Exception {
    AsyncMap<String, Object> map =
        TestCluster.await(nodes.get(0).sharedData().getClusterWideMap("objects"));
    TestCluster.await(map.put("place", Locale.FRANCE));
    assertEquals(Locale.FRANCE, TestCluster.await(map.get("place")));
    TestCluster.await(map.put("gadget", new Gadget("harm")));
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> TestCluster.await(map.get("gadget")));
    assertTrue(refused.toString().contains("is not allowed"), refused::toString);
  }

  private record Gadget(String does) implements Serializable {}

  @Test
  void whatANewerNodeSaysIsDroppedWithALineAndTheReplicaServesOn() throws Exception {
    String old = Addresses.of(Service.ORDER, "old");
    Message known = new Message.FindOrder(1);
    Message answer = new Message.OrderFound(Optional.empty());
    TestCluster.await(
        buses.get(1).serve(Service.ORDER, "old", asked -> Future.succeededFuture(answer)));
    assertEquals(answer, TestCluster.await(buses.get(0).ask(Service.ORDER, "old", known, 10_000)));
    EventBus newer = nodes.get(0).eventBus();
    newer.unregisterCodec(MessageCodec.NAME).registerCodec(new Newer());
    try (Logged lines = new Logged("com.pygmy.cluster.Bus")) {
      DeliveryOptions options =
          new DeliveryOptions().setCodecName(MessageCodec.NAME).setSendTimeout(1_000);
      var unanswered = newer.request(old, "", options);
      newer.publish(old, "", options);
      assertThrows(ExecutionException.class, () -> TestCluster.await(unanswered));
      TestCluster.until(10_000, () -> lines.marksOf("dropped a message at " + old).size() == 2);
    } finally {
      newer.unregisterCodec(MessageCodec.NAME).registerCodec(new MessageCodec());
    }
    assertEquals(answer, TestCluster.await(buses.get(0).ask(Service.ORDER, "old", known, 10_000)));
  }

  @Test
  void theIdOfARequestCrossesWithIt() throws Exception {
    List<RequestMark> marks = new ArrayList<>();
    TestCluster.await(
        buses
            .get(0)
            .serve(
                Service.ORDER,
                "far",
                asked -> {
                  marks.add(RequestMark.current());
                  return Future.succeededFuture(new Message.OrderFound(Optional.empty()));
                }));
    Message request = new Message.FindOrder(1);
    for (Optional<String> id : List.of(Optional.of("r-1"), Optional.<String>empty())) {
      TestCluster.await(buses.get(1).ask(Service.ORDER, "far", request, 10_000, id));
    }
    assertEquals(
        List.of(Optional.of("r-1"), Optional.empty()),
        marks.stream().map(RequestMark::requestId).toList());
  }

  @Test
  void publishedMessagesReachEveryNode() throws Exception {
    Set<Integer> heard = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < nodes.size(); i++) {
      int node = i;
      TestCluster.await(buses.get(i).listen("pygmy.test.all", message -> heard.add(node)));
    }
    // A publisher's own copy of the subscriptions may lag behind their registration.
    TestCluster.until(
        10_000,
        () -> {
          buses.get(2).publish("pygmy.test.all", new Message.SalesHint(1));
          return heard.size() == nodes.size();
        });
  }

  @Test
  void neverHasTwoHoldersAmongSixtyContendersOnOneNode() throws Exception {
    ClusterLockTest.assertNeverTwoHolders(nodes.subList(1, 2), 60);
  }

  @Test
  void neverHasTwoHoldersAmongSixtyContendersOnThreeNodes() throws Exception {
    ClusterLockTest.assertNeverTwoHolders(nodes, 20);
  }

  @Test
  void lockOfAStoppedNodeComesFree() throws Exception {
    List<Vertx> own = TestCluster.start("stopped", 2);
    try {
      ClusterLock holder = new ClusterLock(own.get(0), "job", "a", System::nanoTime);
      ClusterLock other = new ClusterLock(own.get(1), "job", "b", System::nanoTime);
      assertTrue(TestCluster.await(holder.acquire(5_000)));
      other.contend();
      TestCluster.await(own.get(0).close());
      long millis = TestCluster.until(8_000, other::holdsNow);
      LoggerFactory.getLogger(ClusteredVertxTest.class).info("lock free after {} ms", millis);
    } finally {
      TestCluster.close(own);
    }
  }

  /** Two addresses of this machine stand for two hosts, of which one has a name. */
  @Test
  void nodesOfSeveralHostsFindEachOtherByName() throws Exception {
    List<Integer> ports = Ports.free(2);
    List<Endpoint> members =
        List.of(new Endpoint("localhost", ports.get(0)), new Endpoint("127.0.0.2", ports.get(1)));
    List<Future<Vertx>> starting =
        List.of(TestCluster.start("named", 0, members), TestCluster.start("named", 1, members));
    List<Vertx> pair = new ArrayList<>();
    for (Future<Vertx> one : starting) {
      pair.add(TestCluster.await(one));
    }
    TestCluster.until(
        10_000,
        () ->
            pair.stream()
                .allMatch(node -> ((VertxInternal) node).clusterManager().getNodes().size() == 2));
    TestCluster.close(pair);
  }

  @Test
  void nodeThatFindsItsPortTakenFailsToStart() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Endpoint> members = List.of(new Endpoint("127.0.0.1", taken.getLocalPort()));
      ExecutionException failure =
          assertThrows(
              ExecutionException.class,
              () -> TestCluster.await(TestCluster.start("taken", 0, members)));
      assertInstanceOf(Exception.class, failure.getCause());
    }
  }

  /** A peer that takes connections and says nothing is what a frozen process looks like. */
  @Test
  void silentPeerDoesNotOccupyTheThreadThatWritesToTheOthers() throws Exception {
    List<Endpoint> members = TestCluster.freeEndpoints(2);
    Vertx node = TestCluster.await(TestCluster.start("silent", 0, members));
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket silent = new ServerSocket(members.get(1).port(), 50, loopback)) {
      silent.setSoTimeout(20_000);
      try (Socket pending = silent.accept()) {
        long before = writerCpuMillis("silent");
        long start = System.nanoTime();
        TestCluster.until(10_000, () -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(1));
        long spent = writerCpuMillis("silent") - before;
        assertTrue(spent < 100, "it spent " + spent + " ms of 1 s, with " + pending);
      }
    } finally {
      TestCluster.await(node.close());
    }
  }

  @Test
  @Tag("long")
  void clusterCanBeFoundedWhileAMemberIsFrozen() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      List<Endpoint> members = new ArrayList<>(TestCluster.freeEndpoints(2));
      members.add(new Endpoint("127.0.0.1", silent.getLocalPort()));
      List<Future<Vertx>> starting =
          List.of(TestCluster.start("found", 0, members), TestCluster.start("found", 1, members));
      List<Vertx> pair = new ArrayList<>();
      for (Future<Vertx> one : starting) {
        pair.add(TestCluster.await(one));
      }
      TestCluster.until(
          10_000, () -> ((VertxInternal) pair.get(0)).clusterManager().getNodes().size() == 2);
      TestCluster.close(pair);
    }
  }

  private static long writerCpuMillis(String cluster) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (long id : threads.getAllThreadIds()) {
      var thread = threads.getThreadInfo(id);
      if (thread != null
          && thread.getThreadName().contains(cluster + "/")
          && thread.getThreadName().contains("IO.thread-out")) {
        nanos += threads.getThreadCpuTime(id);
      }
    }
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  /** Writes what no {@link MessageCodec} knows yet. */
  private static final class Newer implements io.vertx.core.eventbus.MessageCodec<String, String> {
    @Override
    public void encodeToWire(Buffer buffer, String text) {
      buffer.appendInt(2).appendByte((byte) 1).appendByte((byte) 99);
    }

    @Override
    public String decodeFromWire(int position, Buffer buffer) {
      return "";
    }

    @Override
    public String transform(String text) {
      return text;
    }

    @Override
    public String name() {
      return MessageCodec.NAME;
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
