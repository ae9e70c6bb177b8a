package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.ClusteredVertx.Metrics;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.MalformedMessage;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BusTest {

  private static final Message HINT = new Message.SalesHint(3);

  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void start() {
    vertx = ClusteredVertx.local(Metrics.none());
    bus = new Bus(vertx);
  }

  @AfterEach
  void stop() throws Exception {
    TestCluster.await(vertx.close());
  }

  @Test
  void deliversTheRecordItselfWithinOneProcess() throws Exception {
    Message request = new Message.FindOrder(1);
    serve(
        asked -> {
          assertSame(request, asked);
          return Future.succeededFuture(HINT);
        });
    assertSame(HINT, TestCluster.await(bus.ask(Service.ORDER, "o1", request, 5_000)));
  }

  @Test
  void failsWhenNobodyAnswersInTime() throws Exception {
    serve(asked -> Promise.<Message>promise().future());
    assertEquals(ReplyFailure.TIMEOUT, failure(50));
  }

  @Test
  void failsWhenNobodyListens() {
    assertEquals(ReplyFailure.NO_HANDLERS, failure(5_000));
  }

  @Test
  void handlerThatFailsLeavesTheAskerWithAFailureAndServesOn() throws Exception {
    List<Message> asked = new CopyOnWriteArrayList<>();
    serve(
        request -> {
          asked.add(request);
          if (asked.size() == 1) {
            throw new IllegalStateException("thrown");
          }
          if (asked.size() == 2) {
            return Future.failedFuture("failed");
          }
          return Future.succeededFuture(asked.size() == 3 ? null : HINT);
        });
    for (int i = 0; i < 3; i++) {
      assertEquals(ReplyFailure.RECIPIENT_FAILURE, failure(5_000));
    }
    assertSame(
        HINT, TestCluster.await(bus.ask(Service.ORDER, "o1", new Message.FindOrder(1), 5_000)));
  }

  @Test
  void malformedMessageIsDroppedAndTheListenerGoesOn() throws Exception {
    vertx.eventBus().registerCodec(new Broken());
    List<Message> heard = new CopyOnWriteArrayList<>();
    TestCluster.await(bus.listen("pygmy.test", heard::add));
    vertx.eventBus().publish("pygmy.test", "x", new DeliveryOptions().setCodecName("broken"));
    vertx.eventBus().publish("pygmy.test", "not one of ours");
    vertx.eventBus().publish("pygmy.test", null);
    bus.publish("pygmy.test", HINT);
    TestCluster.until(5_000, () -> !heard.isEmpty());
    assertEquals(List.of(HINT), heard);
  }

  @Test
  void listenerThatFailsGoesOn() throws Exception {
    List<Message> heard = new CopyOnWriteArrayList<>();
    TestCluster.await(
        bus.listen(
            "pygmy.test",
            message -> {
              heard.add(message);
              throw new IllegalStateException("thrown");
            }));
    bus.publish("pygmy.test", HINT);
    bus.publish("pygmy.test", HINT);
    TestCluster.until(5_000, () -> heard.size() == 2);
  }

  @Test
  void unregisteredReplicaIsNoLongerAsked() throws Exception {
    var consumer =
        TestCluster.await(bus.serve(Service.ORDER, "o1", asked -> Future.succeededFuture(HINT)));
    assertEquals("pygmy.order.o1", Addresses.of(Service.ORDER, "o1"));
    TestCluster.await(consumer.unregister());
    assertEquals(ReplyFailure.NO_HANDLERS, failure(5_000));
  }

  private void serve(java.util.function.Function<Message, Future<Message>> handler)
      throws Exception {
    assertTrue(TestCluster.await(bus.serve(Service.ORDER, "o1", handler)).isRegistered(), "served");
  }

  private ReplyFailure failure(long timeoutMillis) {
    ExecutionException failure =
        assertThrows(
            ExecutionException.class,
            () ->
                TestCluster.await(
                    bus.ask(Service.ORDER, "o1", new Message.FindOrder(1), timeoutMillis)));
    return ((ReplyException) failure.getCause()).failureType();
  }

  /** Makes a body that cannot be read, as bytes from elsewhere would. */
  private static final class Broken implements MessageCodec<String, Message> {
    @Override
    public void encodeToWire(Buffer buffer, String text) {
      throw new IllegalStateException("stays in this process");
    }

    @Override
    public Message decodeFromWire(int position, Buffer buffer) {
      throw new MalformedMessage("broken");
    }

    @Override
    public Message transform(String text) {
      return null;
    }

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
