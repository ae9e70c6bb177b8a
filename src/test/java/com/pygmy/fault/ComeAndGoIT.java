package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestCertificate;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Nodes come and go, and are restarted one by one, and no client notices. */
@Tag("faults")
class ComeAndGoIT {

  private static final int CLIENTS = 8;
  private static final String NEXT_TOKEN = "another-token";

  /** Kept when a test fails: why a request failed stands in the logs of the nodes. */
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private static void succeeds(Shop.Ran ran) {
    System.out.println(ran.output().strip());
    assertEquals(0, ran.exitCode(), ran.output());
  }

  /** Numbers 1 to n, none missing, and not one failed request. */
  private static void check(SteadyClient client) {
    System.out.println(client);
    assertTrue(client.failures.isEmpty(), client.toString());
    List<Long> numbers =
        client.confirmed.stream().map(order -> order.getLong("number")).sorted().toList();
    assertTrue(numbers.size() > 100, client.toString());
    assertEquals(LongStream.rangeClosed(1, numbers.size()).boxed().toList(), numbers);
  }

  private static void audit(Shop shop) throws Exception {
    succeeds(Shop.run("audit", "--data", shop.data().toString()));
  }

  /** Two nodes start and two stop besides: some 40 s on two idle cores. */
  @Test
  @Tag("long")
  void threeCatalogsBecomeFiveAndThreeAgainUnderLoad() throws Exception {
    try (Shop shop = Shop.ofThree(folder, List.of("1,One,A,t,100,1000000"));
        ShopClient careful = new ShopClient(shop.urls());
        SteadyClient steady = new SteadyClient(careful.vertx(), shop.urls(), 1)) {
      Path five = shop.confWith("five.json", List.of("n4", "n5"));
      Future<Void> load = steady.run("buy", CLIENTS);
      String data = shop.data().toString();
      for (String name : List.of("n4", "n5")) {
        succeeds(Shop.run("replica", "add", name, "--conf", five.toString(), "--data", data));
      }
      assertEquals(5, shop.voters(careful).size());
      String leader = shop.leader(careful).orElseThrow();
      List<String> gone = new ArrayList<>(List.of("n4", "n5"));
      if (!gone.contains(leader)) {
        gone.set(0, leader);
      }
      for (String name : gone) {
        succeeds(Shop.run("replica", "remove", name, "--data", data, "--token", Shop.TOKEN));
      }
      assertEquals(3, shop.voters(careful).size());
      steady.stop();
      ShopClient.await(load);
      check(steady);
      audit(shop);
    }
  }

  @Test
  void aRollingRestartFailsNoRequest() throws Exception {
    try (Shop shop = Shop.ofThree(folder, List.of("1,One,A,t,100,1000000"));
        ShopClient careful = new ShopClient(shop.urls());
        SteadyClient steady = new SteadyClient(careful.vertx(), shop.urls(), 1)) {
      Future<Void> load = steady.run("buy", CLIENTS);
      succeeds(Shop.run("restart", "--rolling", "--data", shop.data().toString()));
      steady.stop();
      ShopClient.await(load);
      check(steady);
      audit(shop);
    }
  }

  /**
   * Meanwhile some nodes speak HTTPS and some HTTP, and all find each other level. Of two tokens an
   * administrator may use either, between the restarts.
   */
  @Test
  void httpsAndTokensAreChangedByRollingRestarts() throws Exception {
    TestCertificate certificate = TestCertificate.local(folder);
    try (Shop shop = Shop.ofThree(folder, List.of("1,One,A,t,100,10"))) {
      List<String> plain = shop.urls();
      List<String> secure = plain.stream().map(url -> url.replace("http:", "https:")).toList();
      shop.configure(Optional.of(certificate), Shop.TOKEN, NEXT_TOKEN);
      succeeds(Shop.run("restart", "--rolling", "--data", shop.data().toString()));
      for (String url : secure) {
        for (String token : List.of(Shop.TOKEN, NEXT_TOKEN)) {
          succeeds(restock(url, token, "--cacert", certificate.certificate().toString()));
        }
      }
      assertNotEquals(0, restock(plain.get(0), Shop.TOKEN).exitCode());
      shop.configure(Optional.empty(), NEXT_TOKEN);
      succeeds(Shop.run("restart", "--rolling", "--data", shop.data().toString()));
      for (String url : plain) {
        succeeds(restock(url, NEXT_TOKEN));
        Shop.Ran old = restock(url, Shop.TOKEN);
        assertEquals(1, old.exitCode(), old.output());
        assertTrue(old.output().contains("token"), old.output());
      }
    }
  }

  private static Shop.Ran restock(String url, String token, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("books", "restock", "1", "1", "--url", url));
    command.addAll(List.of("--token", token, "--timeout", "5"));
    command.addAll(List.of(more));
    return Shop.run(command.toArray(String[]::new));
  }
}
