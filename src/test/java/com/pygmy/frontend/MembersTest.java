package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.json;
import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.Message;
import com.pygmy.wire.Message.MembersAnswer;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.Message.Voter;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catalog replicas come and go by HTTP. */
class MembersTest {

  private static final String N4 = "{\"name\":\"n4\",\"host\":\"127.0.0.1\",\"raftPort\":9084}";

  private FrontendFixture frontend;

  @BeforeEach
  void start() {
    frontend = FrontendFixture.healthy();
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  private HttpResponse<Buffer> add(String body) {
    return frontend.postAsAdmin("/cluster/replicas", body);
  }

  private HttpResponse<Buffer> remove(String name) {
    return frontend.await(
        frontend
            .client()
            .request(HttpMethod.DELETE, "/cluster/replicas/" + name)
            .bearerTokenAuthentication(FrontendFixture.TOKEN)
            .send());
  }

  /** A leader with a higher term that answers so, one answer after the other. */
  private void leaderAnswers(MembersAnswer... answers) {
    ArrayDeque<MembersAnswer> left = new ArrayDeque<>(List.of(answers));
    frontend.await(
        frontend.store.replica(
            Service.CATALOG,
            "scripted",
            request ->
                Future.succeededFuture(
                    new Message.MembersAnswered(left.size() > 1 ? left.poll() : left.peek()))));
    frontend.store.elect("scripted", 9);
  }

  @Test
  void comeAndGo() {
    HttpResponse<Buffer> added = add(N4);
    assertEquals(200, added.statusCode(), added.bodyAsString());
    JsonArray replicas = json(added).getJsonArray("replicas");
    assertEquals(new JsonObject(N4), replicas.getJsonObject(1));
    assertEquals(false, json(added).getBoolean("underWay"));
    HttpResponse<Buffer> removed = remove("n4");
    assertEquals(200, removed.statusCode(), removed.bodyAsString());
    assertEquals(1, json(removed).getJsonArray("replicas").size());
    HttpResponse<Buffer> again = remove("n4");
    assertEquals(404, again.statusCode());
    assertEquals("unknown-replica", slug(again));
  }

  @Test
  void atTheAdministratorsWordOnly() {
    assertEquals(401, frontend.post("/cluster/replicas", N4).statusCode());
    assertEquals(
        401,
        frontend
            .await(frontend.client().request(HttpMethod.DELETE, "/cluster/replicas/n4").send())
            .statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":\"n 4\",\"host\":\"h\",\"raftPort\":1}",
        "{\"name\":\"n4\",\"host\":\"a b\",\"raftPort\":1}",
        "{\"name\":\"n4\",\"host\":\"h\",\"raftPort\":0}",
        "{\"name\":\"n4\",\"host\":\"h\",\"raftPort\":65536}",
        "{\"name\":\"n4\",\"host\":\"h\",\"raftPort\":1,\"more\":1}"
      })
  void areNamedAsInAConf(String body) {
    HttpResponse<Buffer> refused = add(body);
    assertEquals(422, refused.statusCode(), refused.bodyAsString());
  }

  @Test
  void areAskedOfTheNextLeaderWhenOneHandsOn() {
    Voter n1 = new Voter("n1", "127.0.0.1", 9081);
    leaderAnswers(
        new MembersAnswer.NotLeader(Optional.empty()), new MembersAnswer.Changed(List.of(n1)));
    assertEquals(200, remove("n2").statusCode());
  }

  @Test
  void sayWhyNot() {
    leaderAnswers(new MembersAnswer.Refused("n1 is the last member"));
    HttpResponse<Buffer> refused = remove("n1");
    assertEquals(409, refused.statusCode());
    assertEquals("members-refused", slug(refused));
    assertTrue(json(refused).getString("detail").contains("is the last member"));
  }

  @Test
  void takeTheirTime() {
    leaderAnswers(new MembersAnswer.UnderWay(List.of()));
    HttpResponse<Buffer> accepted = add(N4);
    assertEquals(202, accepted.statusCode());
    assertEquals(true, json(accepted).getBoolean("underWay"));
  }

  @Test
  void mayBeUnknown() {
    leaderAnswers(new MembersAnswer.Unknown("the leader changed"));
    HttpResponse<Buffer> unknown = add(N4);
    assertEquals(503, unknown.statusCode());
    assertEquals("outcome-unknown", slug(unknown));
    assertEquals("1", unknown.getHeader("Retry-After"));
  }
}
