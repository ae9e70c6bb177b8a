package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.checks;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.Message.CacheState;
import com.pygmy.wire.Message.FrontendState;
import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.Latency;
import com.pygmy.wire.Message.LeadingState;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperationsTest {

  private FrontendFixture frontend;

  @BeforeEach
  void start() {
    frontend = new FrontendFixture();
    frontend.start(FrontendFixture.settings());
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  /**
   * Asked by the JDK's client: Vert.x's may use a connection once more that was to be closed, when
   * the answer comes before it has noted that its request is sent.
   */
  @Test
  void aFrontendThatIsAboutToStopServesButHasClientsGo() throws Exception {
    try (FrontendFixture healthy = FrontendFixture.healthy()) {
      healthy.store.book(1, "One", "t", 100, 10);
      healthy.leaving.set(true);
      HttpClient client = HttpClient.newHttpClient();
      for (Map.Entry<String, Integer> expected :
          Map.of("/health/ready", 503, "/health/live", 200, "/books/1", 200).entrySet()) {
        URI uri = URI.create("http://127.0.0.1:" + healthy.port() + expected.getKey());
        java.net.http.HttpResponse<Void> answer =
            client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
        assertEquals(expected.getValue(), answer.statusCode(), expected.getKey());
        assertEquals("close", answer.headers().firstValue("Connection").orElse("kept"));
      }
    }
  }

  @Test
  void showsTheCluster() {
    heard("n1", true, state("n1", Service.CATALOG, Role.LEADER, 4, 120, true, ""));
    heard(
        "n2",
        false,
        state("n2", Service.CATALOG, Role.FOLLOWER, 4, 100, false, "catching up"),
        state("n2", Service.ORDER, Role.SERVING, 0, 55, true, ""));
    assertEquals(
        new JsonObject(
            """
            {"nodes":[
              {"node":"n1","url":"http://127.0.0.1:1/","replicas":[
                {"replica":"n1","service":"catalog","role":"leader","term":4,
                 "appliedIndex":120,"lag":0,"ready":true}]},
              {"node":"n2","url":"http://127.0.0.1:1/","replicas":[
                {"replica":"n2","service":"catalog","role":"follower","term":4,
                 "appliedIndex":100,"lag":20,"ready":false,"detail":"catching up"},
                {"replica":"n2","service":"order","role":"serving","term":0,
                 "appliedIndex":55,"lag":0,"ready":true}]}],
             "lock":"n1"}\
            """),
        frontend.get("/cluster").bodyAsJsonObject());
  }

  @Test
  void showsWhatTheNodesDid() {
    frontend.directory.heard(
        new Heartbeat(
            "n1",
            "i",
            Optional.empty(),
            false,
            List.of(),
            Optional.of(new CacheState(true, 5, 4, 3, 2, 1)),
            Optional.of(
                new FrontendState(9, 8, 7, 6, 5, new Latency(40, 400), new Latency(3_000, 4_000))),
            Optional.of(new LeadingState(2, 1))));
    assertEquals(
        new JsonObject(
            """
            {"nodes":[
              {"node":"n1","replicas":[],
               "cache":{"leased":true,"localHits":5,"sharedHits":4,"misses":3,
                        "suspendedReads":2,"leaseLosses":1},
               "frontend":{"reads":9,"buys":8,"refusals":7,"problems":6,"inFlight":5,
                           "readMicros":{"p50":40,"p99":400},
                           "buyMicros":{"p50":3000,"p99":4000}},
               "leading":{"holders":2,"openWrites":1}}],
             "lock":null}\
            """),
        frontend.get("/cluster").bodyAsJsonObject());
  }

  @Test
  void showsAnEmptyCluster() {
    assertEquals("{\"nodes\":[],\"lock\":null}", frontend.get("/cluster").bodyAsString());
  }

  @Test
  void isLiveBeforeItIsReady() {
    HttpResponse<Buffer> live = frontend.get("/health/live");
    assertEquals(200, live.statusCode());
    assertEquals(
        "{\"status\":\"up\",\"checks\":[{\"name\":\"event-loop\",\"status\":\"up\"}]}",
        live.bodyAsString());
    assertNotReady("no catalog and no order replica", "frontend=up catalog=down order=down");
    heard("n1", false, state("n1", Service.CATALOG, Role.LEADER, 1, 1, true, ""));
    assertNotReady("no order replica", "frontend=up catalog=up order=down");
    heard(
        "n1",
        false,
        state("n1", Service.CATALOG, Role.LEADER, 1, 1, true, ""),
        state("n1", Service.ORDER, Role.SERVING, 0, 1, true, ""));
    HttpResponse<Buffer> ready = frontend.get("/health/ready");
    assertEquals(200, ready.statusCode());
    assertEquals("frontend=up catalog=up order=up", checks(ready));
    frontend.leaving.set(true);
    assertNotReady("about to stop", "frontend=down catalog=up order=up");
  }

  @Test
  void hasStartedOnceThereWasAShopAndStaysSo() {
    HttpResponse<Buffer> first = frontend.get("/health/started");
    assertEquals(503, first.statusCode());
    assertEquals("unavailable", slug(first));
    assertEquals("shop=down", checks(first));
    heard(
        "n1",
        false,
        state("n1", Service.CATALOG, Role.LEADER, 1, 1, true, ""),
        state("n1", Service.ORDER, Role.SERVING, 0, 1, true, ""));
    assertEquals("shop=up", checks(frontend.get("/health/started")));
    frontend.directory.left(new Goodbye("n1", "i"));
    assertEquals(503, frontend.get("/health/ready").statusCode());
    assertEquals(200, frontend.get("/health/started").statusCode());
  }

  @Test
  void showsItsMetrics() {
    frontend.get("/nothing");
    HttpResponse<Buffer> metrics = frontend.get("/metrics");
    assertEquals(200, metrics.statusCode());
    assertTrue(metrics.getHeader("Content-Type").startsWith("text/plain"));
    assertTrue(
        metrics.bodyAsString().contains("pygmy_http_problems_total{type=\"unknown-route\"} 1.0"));
  }

  @Test
  void showsItsContract() {
    HttpResponse<Buffer> contract = frontend.get("/openapi.yaml");
    assertEquals(200, contract.statusCode());
    assertEquals("application/yaml", contract.getHeader("Content-Type"));
    assertTrue(contract.bodyAsString().startsWith("openapi: 3.1"));
  }

  private void assertNotReady(String why, String checks) {
    HttpResponse<Buffer> response = frontend.get("/health/ready");
    assertEquals(503, response.statusCode());
    assertEquals("unavailable", slug(response));
    assertEquals(checks, checks(response));
    assertTrue(
        FrontendFixture.json(response).getString("detail").toLowerCase(Locale.ROOT).contains(why));
  }

  private void heard(String node, boolean lock, ReplicaState... states) {
    frontend.directory.heard(
        new Heartbeat(node, "i", Optional.of("http://127.0.0.1:1/"), lock, List.of(states)));
  }

  private static ReplicaState state(
      String name,
      Service service,
      Role role,
      long term,
      long index,
      boolean ready,
      String detail) {
    return new ReplicaState(name, service, role, term, index, ready, Optional.of("store"), detail);
  }
}
