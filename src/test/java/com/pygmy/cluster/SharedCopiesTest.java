package com.pygmy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.wire.Message;
import com.pygmy.wire.MessageCodec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SharedCopiesTest {

  private static final Message ONE = request(1);
  private static final Message ANSWER = answer(1, 1);

  private final AtomicLong nanos = new AtomicLong();

  /** What the map was asked, not answered yet. */
  private final List<Promise<Object>> asked = new CopyOnWriteArrayList<>();

  private final SharedCopies copies =
      new SharedCopies(() -> Future.succeededFuture(scripted()), nanos::get);

  @Test
  void nobodyWaitsForAMapThatNeverAnswers() throws Exception {
    assertEquals(Optional.empty(), TestCluster.await(copies.get("store", ONE)));
    assertEquals(1, asked.size());
    assertTrue(copies.get("store", ONE).isComplete(), "it is left out for a while");
    assertEquals(1, asked.size());
    skipIsOver();
    assertEquals(Optional.empty(), TestCluster.await(copies.get("store", ONE)));
    assertEquals(2, asked.size());
  }

  @Test
  void asksAMapThatAnsweredLateAgainAfterAWhile() throws Exception {
    assertEquals(Optional.empty(), TestCluster.await(copies.get("store", ONE)));
    assertEquals(1, copies.calls());
    asked.get(0).complete(bytes(ANSWER));
    assertEquals(0, copies.calls());
    skipIsOver();
    Future<Optional<Message>> found = copies.get("store", ONE);
    asked.get(1).complete(bytes(ANSWER));
    assertEquals(Optional.of(ANSWER), TestCluster.await(found));
  }

  @Test
  void aMapThatFailsHoldsNothing() throws Exception {
    Future<Optional<Message>> found = copies.get("store", ONE);
    asked.get(0).fail("broken");
    assertEquals(Optional.empty(), TestCluster.await(found));
    assertEquals(0, copies.calls());
    assertTrue(copies.get("store", ONE).isComplete());
    assertEquals(1, asked.size());
  }

  @Test
  void neverHasMoreThanAFewCallsOutstanding() throws Exception {
    List<Future<Optional<Message>>> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(copies.get("store", ONE));
    }
    assertEquals(SharedCopies.MAX_CALLS, asked.size());
    for (Future<Optional<Message>> one : all) {
      assertEquals(Optional.empty(), TestCluster.await(one));
    }
    skipIsOver();
    TestCluster.await(copies.get("store", ONE));
    assertEquals(SharedCopies.MAX_CALLS, asked.size(), "those that hang hold their threads");
    asked.get(0).complete(null);
    Future<Optional<Message>> next = copies.get("store", ONE);
    asked.get(SharedCopies.MAX_CALLS).complete(bytes(ANSWER));
    assertEquals(Optional.of(ANSWER), TestCluster.await(next));
  }

  @Test
  void whatIsNoMessageIsNotFound() throws Exception {
    Future<Optional<Message>> found = copies.get("store", ONE);
    asked.get(0).complete(new byte[] {1, 99});
    assertEquals(Optional.empty(), TestCluster.await(found));
  }

  @Test
  void nobodyWaitsForTheMapToBeOpened() {
    List<Promise<AsyncMap<String, byte[]>>> opening = new ArrayList<>();
    SharedCopies slow =
        new SharedCopies(
            () -> {
              opening.add(Promise.promise());
              return opening.get(opening.size() - 1).future();
            },
            nanos::get);
    assertTrue(slow.get("store", ONE).isComplete());
    opening.get(0).fail("not clustered");
    assertTrue(slow.get("store", ONE).isComplete());
    assertEquals(2, opening.size());
    opening.get(1).complete(scripted());
    skipIsOver();
    slow.put("store", ONE, ANSWER);
    assertEquals(1, asked.size());
  }

  @Test
  void aClusterSharesCopiesWithinBounds() throws Exception {
    List<Vertx> nodes = TestCluster.start("copies", 2);
    try {
      SharedCopies first = SharedCopies.of(nodes.get(0), System::nanoTime);
      SharedCopies second = SharedCopies.of(nodes.get(1), System::nanoTime);
      AsyncMap<String, byte[]> map = map(nodes.get(0));
      TestCluster.until(
          30_000,
          () -> {
            first.put("store", ONE, ANSWER);
            return found(second, "store").equals(Optional.of(ANSWER));
          });
      assertEquals(Optional.empty(), found(second, "another store"));
      TestCluster.until(
          30_000,
          () -> {
            first.remove("store", List.of(ONE));
            return found(second, "store").isEmpty();
          });
      int megabytes = 4 * HazelcastSettings.COPIES_MEGABYTES;
      for (int i = 0; i < megabytes * 16; i++) {
        TestCluster.await(map.put("filler-" + i, new byte[64 * 1024], SharedCopies.TTL_MILLIS));
      }
      int held = TestCluster.await(map.size()) / 16;
      assertTrue(held <= 2 * HazelcastSettings.COPIES_MEGABYTES, held + " MB on two nodes");
      assertTrue(held >= HazelcastSettings.COPIES_MEGABYTES, held + " MB on two nodes");
    } finally {
      TestCluster.close(nodes);
    }
  }

  private static Optional<Message> found(SharedCopies copies, String store) {
    try {
      return TestCluster.await(copies.get(store, ONE));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static AsyncMap<String, byte[]> map(Vertx vertx) throws Exception {
    return TestCluster.await(vertx.sharedData().getClusterWideMap(HazelcastSettings.COPIES));
  }

  private void skipIsOver() {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(SharedCopies.SKIP_MILLIS));
  }

  @SuppressWarnings("unchecked")
  private AsyncMap<String, byte[]> scripted() {
    return (AsyncMap<String, byte[]>)
        Proxy.newProxyInstance(
            SharedCopiesTest.class.getClassLoader(),
            new Class<?>[] {AsyncMap.class},
            (proxy, method, arguments) -> {
              Promise<Object> promise = Promise.promise();
              asked.add(promise);
              return promise.future();
            });
  }

  private static byte[] bytes(Message message) {
    return MessageCodec.encode(message);
  }

  private static Message request(int id) {
    return new Message.ReadBooks(List.of(new BookId(id)));
  }

  private static Message answer(int id, long asOf) {
    return new Message.BooksRead(
        asOf, List.of(new Book(new BookId(id), "T", "A", "t", 1, 1, 0, 0, 1)));
  }
}
