package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cluster.SharedCopies;
import com.pygmy.coherence.Timing;
import com.pygmy.coherence.View;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.ext.web.client.HttpResponse;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is served from copies, and when nothing is. */
class CachedReadsTest {

  private static final View ONE = new View.OfBook(new BookId(1));
  private static final View TWO = new View.OfBook(new BookId(2));
  private static final View TOPIC = new View.OfTopic("t");
  private static final View UNKNOWN = new View.OfUnknownBooks();

  private FrontendFixture frontend;
  private FakeStore store;
  private ScriptedLeader leader;

  private void start(FrontendFixture fixture) {
    frontend = fixture;
    leader = fixture.leader;
    store = fixture.store.book(1, "One", "t", 100, 10).book(2, "Two", "t", 200, 20);
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/books/1",
        "/lookup/1",
        "/books/77",
        "/books?topic=t",
        "/search/t?limit=1",
        "/books?topic=none"
      })
  void servesFromMemoryUnderALease(String uri) {
    start(FrontendFixture.cached());
    HttpResponse<Buffer> fetched = frontend.get(uri);
    assertEquals(1, store.reads());
    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> served = frontend.get(uri);
      assertEquals(fetched.statusCode(), served.statusCode());
      assertEquals(fetched.getHeader("ETag"), served.getHeader("ETag"));
      assertEquals(fetched.getHeader("Cache-Control"), served.getHeader("Cache-Control"));
      if (served.statusCode() == 200) {
        assertEquals(fetched.bodyAsString(), served.bodyAsString());
      }
    }
    assertEquals(1, store.reads());
    assertEquals(3, frontend.cache().localHits());
    assertEquals(1, frontend.cache().misses());
  }

  @Test
  void answersConditionalReadsFromMemory() {
    start(FrontendFixture.cached());
    for (String uri : List.of("/books/1", "/books?topic=t")) {
      String etag = frontend.get(uri).getHeader("ETag");
      long reads = store.reads();
      HttpResponse<Buffer> same =
          frontend.send(HttpMethod.GET, uri, "", r -> r.putHeader("If-None-Match", etag));
      assertEquals(304, same.statusCode());
      assertEquals(etag, same.getHeader("ETag"));
      assertNull(same.body());
      assertEquals(reads, store.reads());
    }
  }

  @Test
  void servesAListOfBooksFromMemoryOnlyWhole() {
    start(FrontendFixture.cached());
    HttpResponse<Buffer> fetched = frontend.get("/books?ids=2,77,1");
    assertEquals(2, json(fetched).getJsonArray("items").size());
    assertEquals(fetched.bodyAsString(), frontend.get("/books?ids=2,77,1").bodyAsString());
    assertEquals(1, store.reads());
    leader.suspend(TWO);
    assertEquals(fetched.bodyAsString(), frontend.get("/books?ids=2,77,1").bodyAsString());
    assertEquals(2, store.reads());
    assertEquals(List.of("2", "77", "1"), lastRead().ids().stream().map(BookId::toString).toList());
  }

  @Test
  void servesNothingSuspended() {
    start(FrontendFixture.cached());
    frontend.get("/books/1");
    frontend.get("/books/2");
    leader.suspend(ONE);
    store.sell(1, "k1");
    assertEquals(9, json(frontend.get("/books/1")).getInteger("stock"));
    store.sell(1, "k2");
    assertEquals(8, json(frontend.get("/books/1")).getInteger("stock"));
    assertEquals(2, frontend.cache().suspendedReads());
    long reads = store.reads();
    frontend.get("/books/2");
    assertEquals(reads, store.reads());
  }

  @Test
  void servesNothingFromBeforeAResume() {
    start(FrontendFixture.cached());
    frontend.get("/books/1");
    leader.suspend(ONE);
    store.sell(1, "k1");
    leader.resume(List.of(), ONE);
    leader.suspend(); // heard after the resume
    assertEquals(9, json(frontend.get("/books/1")).getInteger("stock"));
    assertEquals(2, frontend.cache().misses());
    long reads = store.reads();
    assertEquals(9, json(frontend.get("/books/1")).getInteger("stock"));
    assertEquals(reads, store.reads());
  }

  @Test
  void keepsTheFreshBooksOfAResume() {
    start(FrontendFixture.cached());
    frontend.get("/books/1");
    leader.suspend(ONE);
    Book fresh = store.sell(1, "k1");
    leader.resume(List.of(fresh), ONE);
    leader.suspend();
    HttpResponse<Buffer> served = frontend.get("/books/1");
    assertEquals(9, json(served).getInteger("stock"));
    assertEquals("\"1-2-824d80d7\"", served.getHeader("ETag"));
    assertEquals(1, store.reads());
  }

  @Test
  void anAddedBookIsNoLongerUnknown() {
    start(FrontendFixture.cached());
    assertEquals(404, frontend.get("/books/77").statusCode());
    assertEquals(404, frontend.get("/books/77").statusCode());
    assertEquals(1, store.reads());
    leader.suspend(UNKNOWN, TOPIC, new View.OfBook(new BookId(77)));
    store.book(77, "Seventy-seven", "t", 1, 1);
    assertEquals(200, frontend.get("/books/77").statusCode());
    leader.resume(List.of(), UNKNOWN, TOPIC, new View.OfBook(new BookId(77)));
    leader.suspend();
    assertEquals(200, frontend.get("/books/77").statusCode());
  }

  @Test
  void aFrozenFrontendServesNothingOld() {
    start(FrontendFixture.cached());
    frontend.get("/books/1");
    leader.grant(false);
    store.sell(1, "k1"); // the leader has waited for the lease, in vain
    frontend.clock.jump(Timing.LEASE_MILLIS);
    assertEquals(9, json(frontend.get("/books/1")).getInteger("stock"));
    assertEquals(1, frontend.cache().suspendedReads());
  }

  @Test
  void servesNothingOfALeaseBefore() {
    start(FrontendFixture.cached());
    frontend.get("/books/1");
    leader.grant(false);
    store.sell(1, "k1");
    frontend.clock.jump(Timing.LEASE_MILLIS);
    leader.grant(true);
    frontend.awaitLease();
    assertEquals(9, json(frontend.get("/books/1")).getInteger("stock"));
    assertEquals(1, frontend.cache().leaseLosses());
  }

  @Test
  void servesNothingOfAnotherStore() {
    start(FrontendFixture.cached());
    String before = frontend.get("/books/1").getHeader("ETag");
    store.foundAnew("store-2");
    leader.newTerm(1);
    store.book(1, "Another", "t", 100, 10);
    frontend.clock.jump(Timing.RENEW_MILLIS);
    frontend.until(
        () -> leader.renewals.get(leader.renewals.size() - 1).storeId().equals("store-2"));
    frontend.awaitLease();
    HttpResponse<Buffer> now = frontend.get("/books/1");
    assertEquals("Another", json(now).getString("title"));
    assertNotEquals(before, now.getHeader("ETag"));
    long holders = leader.renewals.stream().map(r -> r.holder()).distinct().count();
    assertEquals(2, holders);
  }

  @Test
  void servesFromTheSharedMapWhatIsNewEnough() {
    SharedCopies[] other = new SharedCopies[1];
    start(FrontendFixture.cached(fixture -> other[0] = localMap(fixture)));
    frontend.awaitLease();
    Book one = store.stored(1);
    other[0].put(
        "store",
        new Message.ReadBooks(List.of(one.id())),
        new Message.BooksRead(store.index(), List.of(one)));
    assertEquals(10, json(frontend.get("/books/1")).getInteger("stock"));
    assertEquals(0, store.reads());
    assertEquals(1, frontend.cache().sharedHits());
    frontend.get("/books/1");
    assertEquals(1, frontend.cache().localHits());
  }

  @Test
  void refusesASharedCopyOlderThanTheFloor() {
    SharedCopies[] other = new SharedCopies[1];
    start(FrontendFixture.cached(fixture -> other[0] = localMap(fixture)));
    Book old = store.stored(1);
    long oldIndex = store.index();
    leader.suspend(ONE);
    store.sell(1, "k1");
    other[0].put(
        "store",
        new Message.ReadBooks(List.of(old.id())),
        new Message.BooksRead(oldIndex, List.of(old)));
    leader.resume(List.of(), ONE);
    leader.suspend();
    assertEquals(9, json(frontend.get("/books/1")).getInteger("stock"));
    assertEquals(1, frontend.cache().misses());
    // And puts the newer one in its place.
    frontend.until(
        () ->
            frontend
                .await(other[0].get("store", new Message.ReadBooks(List.of(old.id()))))
                .equals(
                    Optional.of(new Message.BooksRead(store.index(), List.of(store.stored(1))))));
  }

  @Test
  void sharesPagesOfTopics() {
    SharedCopies[] other = new SharedCopies[1];
    start(FrontendFixture.cached(fixture -> other[0] = localMap(fixture)));
    frontend.get("/books?topic=t&limit=7");
    Message request = new Message.ListBooks(Optional.of("t"), Optional.empty(), 0, 7);
    frontend.until(() -> frontend.await(other[0].get("store", request)).isPresent());
  }

  @Test
  void asksTheSharedMapForNothingSuspended() {
    SharedCopies[] other = new SharedCopies[1];
    start(FrontendFixture.cached(fixture -> other[0] = localMap(fixture)));
    leader.suspend(ONE, TOPIC);
    Book one = store.stored(1);
    Message request = new Message.ReadBooks(List.of(one.id()));
    frontend.get("/books/1");
    frontend.get("/books?topic=t");
    assertEquals(2, frontend.cache().suspendedReads());
    assertEquals(Optional.empty(), frontend.await(other[0].get("store", request)));
  }

  @Test
  void readsGoOnWithoutASharedMapThatHangs() {
    start(
        FrontendFixture.cached(
            fixture -> new SharedCopies(() -> Future.succeededFuture(hangs()), System::nanoTime)));
    long before = System.nanoTime();
    assertEquals(200, frontend.get("/books/1").statusCode());
    assertEquals(200, frontend.get("/books?topic=t").statusCode());
    assertTrue(System.nanoTime() - before < 5_000_000_000L);
    assertEquals(200, frontend.get("/books/1").statusCode());
    assertEquals(1, frontend.cache().localHits());
  }

  @Test
  void showsWhatItsCacheDid() {
    start(FrontendFixture.cached());
    frontend.get("/books/1");
    frontend.get("/books/1");
    String metrics = frontend.get("/metrics").bodyAsString();
    for (String line :
        List.of(
            "pygmy_cache_reads_total{result=\"local\"} 1.0",
            "pygmy_cache_reads_total{result=\"miss\"} 1.0",
            "pygmy_cache_reads_total{result=\"shared\"} 0.0",
            "pygmy_cache_reads_total{result=\"suspended\"} 0.0",
            "pygmy_cache_reads_total{result=\"unleased\"} 0.0",
            "pygmy_cache_lease_losses_total 0.0",
            "pygmy_cache_leased 1.0",
            "pygmy_cache_entries 1.0")) {
      assertTrue(metrics.contains(line), line + " in " + metrics);
    }
  }

  private Message.ReadBooks lastRead() {
    return (Message.ReadBooks) store.seen.get(store.seen.size() - 1).getValue();
  }

  private static SharedCopies localMap(FrontendFixture fixture) {
    return new SharedCopies(
        () -> fixture.vertx.sharedData().getLocalAsyncMap("copies"), System::nanoTime);
  }

  @SuppressWarnings("unchecked")
  private static AsyncMap<String, byte[]> hangs() {
    return (AsyncMap<String, byte[]>)
        Proxy.newProxyInstance(
            CachedReadsTest.class.getClassLoader(),
            new Class<?>[] {AsyncMap.class},
            (proxy, method, arguments) -> Promise.promise().future());
  }
}
