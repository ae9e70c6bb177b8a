package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.checks;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementVerticleTest {

  private final FrontendFixture fixture = new FrontendFixture();
  private final List<ReplicaState> replicas = new CopyOnWriteArrayList<>();
  private final AtomicBoolean serving = new AtomicBoolean();
  private ManagementVerticle management;
  private WebClient client;

  @BeforeEach
  void start() {
    management =
        new ManagementVerticle(
            FrontendFixture.settings(),
            fixture.directory,
            () -> replicas,
            serving::get,
            fixture.metrics,
            () -> "made",
            System::nanoTime);
    fixture.await(fixture.vertx.deployVerticle(management));
    client = WebClient.create(fixture.vertx);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private HttpResponse<Buffer> ask(HttpMethod method, String path) {
    return fixture.await(client.request(method, management.actualPort(), "127.0.0.1", path).send());
  }

  private HttpResponse<Buffer> get(String path) {
    return ask(HttpMethod.GET, path);
  }

  private static ReplicaState replica(Service service, boolean ready, String detail) {
    return new ReplicaState(
        "c1", service, Role.FOLLOWER, 1, 1, ready, Optional.of("store"), detail);
  }

  private void assertNotReady(String why, String checks) {
    HttpResponse<Buffer> response = get("/health/ready");
    assertEquals(503, response.statusCode());
    assertEquals("unavailable", FrontendFixture.slug(response));
    assertEquals(checks, checks(response));
    assertEquals(why, FrontendFixture.json(response).getString("detail"));
  }

  private void assertReady(String checks) {
    HttpResponse<Buffer> response = get("/health/ready");
    assertEquals(200, response.statusCode());
    assertEquals(checks, checks(response));
  }

  @Test
  void aNodeIsReadyWhenAllThatItRunsIs() {
    assertEquals(200, get("/health/live").statusCode());
    assertNotReady("This node starts, or is about to stop.", "node=down");
    replicas.add(replica(Service.CATALOG, false, "catches up, has no vote yet"));
    assertNotReady(
        "This node starts, or is about to stop; the catalog replica: catches up, has no vote yet.",
        "node=down catalog=down");
    serving.set(true);
    assertNotReady("The catalog replica: catches up, has no vote yet.", "node=up catalog=down");
    replicas.set(0, replica(Service.CATALOG, true, ""));
    assertReady("node=up catalog=up");
    replicas.add(replica(Service.ORDER, false, "catching up"));
    assertNotReady("The order replica: catching up.", "node=up catalog=up order=down");
    replicas.set(1, replica(Service.ORDER, true, ""));
    serving.set(false);
    assertNotReady("This node starts, or is about to stop.", "node=down catalog=up order=up");
  }

  @Test
  void hasStartedOnceThereWasAShopAndStaysSo() {
    assertEquals(503, get("/health/started").statusCode());
    List<ReplicaState> both =
        List.of(
            new ReplicaState(
                "n1", Service.CATALOG, Role.LEADER, 1, 1, true, Optional.of("store"), ""),
            replica(Service.ORDER, true, ""));
    fixture.directory.heard(new Heartbeat("n1", "i", Optional.empty(), false, both));
    assertEquals(200, get("/health/started").statusCode());
    fixture.directory.left(new Goodbye("n1", "i"));
    assertEquals(200, get("/health/started").statusCode());
  }

  @Test
  void showsWhatTheNodeCounts() {
    fixture.metrics.counter("pygmy.test").increment();
    HttpResponse<Buffer> metrics = get("/metrics");
    assertEquals(200, metrics.statusCode());
    assertTrue(metrics.bodyAsString().contains("pygmy_test_total 1.0"));
  }

  @Test
  void answersNothingElse() {
    for (String path : List.of("/", "/books/1", "/orders?key=a", "/cluster", "/backup", "/ops")) {
      HttpResponse<Buffer> answer = get(path);
      assertEquals(404, answer.statusCode(), path);
      assertEquals("unknown-route", FrontendFixture.slug(answer), path);
    }
    assertEquals(404, ask(HttpMethod.POST, "/orders").statusCode());
    HttpResponse<Buffer> post = ask(HttpMethod.POST, "/health/live");
    assertEquals(405, post.statusCode());
    assertEquals("GET, HEAD", post.getHeader("Allow"));
    assertEquals(200, ask(HttpMethod.HEAD, "/health/live").statusCode());
    assertEquals(
        400, RawClient.status(new RawClient(management.actualPort()).exchange("no\r\n\r\n")));
  }

  @Test
  void whatIsAskedHereIsNoClientsRequest() {
    get("/health/ready");
    get("/nothing");
    String counted = fixture.metrics.scrape();
    assertFalse(counted.contains("pygmy_http_requests"), counted);
    assertFalse(counted.contains("pygmy_http_problems"), counted);
  }
}
