package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestAuthority;
import com.pygmy.TlsDial;
import com.pygmy.config.Conf.NodeTlsConf;
import com.pygmy.config.NodeCredentials;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes that know each other by certificates, made and used as a user does. */
@Tag("faults")
class NodeTlsIT {

  private static final int STOCK = 50;

  @TempDir Path folder;

  @Test
  void sellsOnWhenTheLeaderIsKilledAndWhenANodeHasNoCertificateAnyMore() throws Exception {
    try (Shop shop =
            Shop.ofThreeWithCertificates(folder, List.of("1,First,A,shapes,500," + STOCK));
        ShopClient client = new ShopClient(shop.urls())) {
      for (String node : shop.nodes()) {
        String log = Files.readString(shop.data().resolve(node).resolve("log").resolve("node.log"));
        assertTrue(log.contains("speaks TLS to other nodes"), log);
      }
      checkThatStrangersAreRefused(shop);
      checkThatTheExpiryIsTold(shop);
      List<JsonObject> orders = new ArrayList<>(buy(shop, client, "before"));
      String leader = shop.leader(client).orElseThrow();
      long pid = shop.pid(leader);
      shop.signal(leader, "KILL");
      orders.addAll(buy(shop, client, "without"));
      shop.await(leader + " is back", () -> shop.isBack(leader, pid));
      shop.await("all are level", () -> shop.isLevel(client));

      String other = shop.nodes().stream().filter(n -> !n.equals(leader)).findFirst().get();
      Files.delete(folder.resolve("certs").resolve(other + ".pem"));
      long otherPid = shop.pid(other);
      shop.signal(other, "KILL");
      orders.addAll(buy(shop, client, "lost"));
      var unusedKey = Files.deleteIfExists(folder.resolve("certs").resolve(other + ".key"));
      Shop.Ran renewed =
          Shop.run("certs", folder.resolve("certs").toString(), "--conf", folder + "/shop.json");
      assertEquals(0, renewed.exitCode(), renewed.output());
      shop.await(other + " is back with another", () -> shop.isBack(other, otherPid));
      shop.await("all are level again", () -> shop.isLevel(client));
      orders.addAll(buy(shop, client, "after"));

      for (String url : shop.urls()) {
        JsonObject book = ShopClient.await(client.get(url, "/books/1")).body();
        assertEquals(STOCK - orders.size(), book.getInteger("stock"), url);
      }
      Shop.Ran audit = Shop.run("audit", "--data", shop.data().toString());
      assertEquals(0, audit.exitCode(), audit.output());
    }
  }

  private void checkThatStrangersAreRefused(Shop shop) throws Exception {
    NodeCredentials node = credentials("n1");
    NodeCredentials foreign = TestAuthority.of(folder.resolve("foreign"), "n1").credentials("n1");
    for (String listener : List.of("raft", "eventBus")) {
      int port = shop.port("n2", listener);
      assertTrue(TlsDial.isTaken(port, node, node.shown()), listener + ": the test can tell");
      assertFalse(TlsDial.isTaken(port, node), listener + ": no certificate");
      assertFalse(TlsDial.isTaken(port, node, foreign.shown()), listener + ": another authority");
    }
  }

  private NodeCredentials credentials(String node) throws IOException {
    Path certs = folder.resolve("certs");
    return NodeCredentials.read(
        new NodeTlsConf(
            certs.resolve(node + ".pem"), certs.resolve(node + ".key"), certs.resolve("ca.pem")));
  }

  private void checkThatTheExpiryIsTold(Shop shop) throws Exception {
    Instant end = credentials("n1").chain().get(0).getNotAfter().toInstant();
    String line = "pygmy_certificate_expiry_timestamp_seconds " + (double) end.getEpochSecond();
    HttpRequest asked = HttpRequest.newBuilder(URI.create(shop.urls().get(0) + "/metrics")).build();
    String metrics = HttpClient.newHttpClient().send(asked, BodyHandlers.ofString()).body();
    assertTrue(metrics.lines().anyMatch(line::equals), metrics);
  }

  /** One order through each frontend, of which one may be gone: the client tries the next. */
  private static List<JsonObject> buy(Shop shop, ShopClient client, String key) {
    List<JsonObject> orders = new ArrayList<>();
    for (int i = 0; i < shop.urls().size(); i++) {
      ShopClient.Answer bought = ShopClient.await(client.buy(i, key + i, 1, 1));
      assertTrue(List.of(200, 201).contains(bought.status()), bought::toString);
      orders.add(bought.body());
    }
    return orders;
  }
}
