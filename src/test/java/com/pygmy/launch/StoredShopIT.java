package com.pygmy.launch;

import static com.pygmy.launch.NodesInThisJvm.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.Examples;
import com.pygmy.launch.NodesInThisJvm.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A node that an earlier build left behind goes on in this one: its log, its identity, its catalog
 * and its orders, as they lay on the disk when it was stopped. {@code shop-N.zip} holds the folder
 * and what was answered to some questions then. {@code mvn test -Dtest=StoredShopIT
 * -Dpygmy.examples=add} makes the next one, by the build that is there; the others stay.
 */
final class StoredShopIT {

  private static final Path SOURCES = Path.of("src/test/resources/com/pygmy/launch");
  private static final String ANSWERS = "answers.json";
  private static final String NODE = "n1";

  private static final List<String> BOOKS =
      List.of("1,Scarce,A,topic,500,10", "2,Common,B,topic,700,100", "3,Kept,C,other,900,5");

  private static final List<String> ASKED =
      List.of(
          "/orders/1",
          "/orders/2",
          "/orders?key=refused",
          "/orders?customer=ann",
          "/books?ids=1,2,3,4",
          "/books?topic=topic",
          "/books?q=scarce",
          "/topics");

  @TempDir private Path folder;

  /** Every kind of command that the frontends send goes through the log. */
  @BeforeAll
  static void makeTheNext(@TempDir Path folder) throws Exception {
    if (!Examples.areAdded()) {
      return;
    }
    NodesInThisJvm shop = NodesInThisJvm.start(folder, 1, TestConf.NO_RESTOCK, BOOKS);
    JsonObject answers = new JsonObject();
    try {
      assertEquals(201, await(shop.buy(0, "first", 1, 10)).status());
      assertEquals(409, await(shop.buy(0, "refused", 1, 1)).status());
      assertEquals(200, await(shop.post(0, "/books/1/restock", json("quantity", 3))).status());
      assertEquals(200, await(shop.patch(0, "/books/2", json("priceCents", 650))).status());
      JsonObject book =
          new JsonObject("{\"id\":4,\"title\":\"New\",\"author\":\"D\",\"topic\":\"topic\"}")
              .put("priceCents", 100)
              .put("stock", 1);
      assertEquals(201, await(shop.post(0, "/books", book)).status());
      JsonObject lines =
          new JsonObject()
              .put("customer", "ann")
              .put("items", new JsonArray().add(line(1, 1)).add(line(2, 2)));
      assertEquals(201, await(shop.post(0, "/orders", lines)).status());
      for (String path : ASKED) {
        answers.put(path, answer(shop, path));
      }
    } finally {
      shop.close();
    }
    try (Stream<Path> there = Files.list(SOURCES)) {
      long next = 1 + there.filter(file -> file.toString().endsWith(".zip")).count();
      pack(folder.resolve("data"), answers, SOURCES.resolve("shop-" + next + ".zip"));
    }
  }

  /** Without what is another one each time. */
  private static JsonObject answer(NodesInThisJvm shop, String path) {
    Answer answer = await(shop.get(0, path));
    var unused = answer.body().remove("requestId");
    return json("status", answer.status()).put("body", answer.body());
  }

  private static JsonObject json(String key, Object value) {
    return new JsonObject().put(key, value);
  }

  private static JsonObject line(int book, int quantity) {
    return json("book", book).put("quantity", quantity);
  }

  private static void pack(Path data, JsonObject answers, Path zip) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
        Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(data.relativize(file).toString()));
        Files.copy(file, out);
      }
      out.putNextEntry(new ZipEntry(ANSWERS));
      out.write(answers.toBuffer().getBytes());
    }
  }

  private Path unpack(String name) throws IOException {
    Path data = folder.resolve("data");
    try (InputStream file = Files.newInputStream(SOURCES.resolve(name));
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path to = data.resolve(entry.getName());
        Files.createDirectories(to.getParent());
        Files.copy(in, to);
      }
    }
    return data;
  }

  private static List<String> shops() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(f -> f.endsWith(".zip"))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("shops")
  void isServedByThisBuild(String name) throws Exception {
    servesAll(unpack(name));
  }

  /** Then everything comes out of the log. */
  @ParameterizedTest
  @MethodSource("shops")
  void isServedOutOfItsLogAlone(String name) throws Exception {
    Path data = unpack(name);
    try (Stream<Path> files = Files.walk(data.resolve(NODE))) {
      List<Path> databases = files.filter(file -> file.toString().contains(".db")).toList();
      assertTrue(databases.size() >= 2, databases::toString);
      for (Path database : databases) {
        Files.delete(database);
      }
    }
    servesAll(data);
  }

  private static void servesAll(Path data) throws IOException {
    JsonObject answers = new JsonObject(Files.readString(data.resolve(ANSWERS)));
    try (NodesInThisJvm shop =
        NodesInThisJvm.of(TestConf.of(1, TestConf.NO_RESTOCK, Optional.empty()), data)) {
      shop.start(NODE);
      TestConf.until("it is ready", shop::allReady);
      for (String path : new TreeMap<>(answers.getMap()).keySet()) {
        assertEquals(answers.getJsonObject(path), answer(shop, path), path);
      }
      long last = answers.getJsonObject("/orders/2").getJsonObject("body").getLong("number");
      JsonObject first = answers.getJsonObject("/orders/1").getJsonObject("body");
      assertEquals(new Answer(201, first, true), await(shop.buy(0, "first", 1, 10)));
      Answer next = await(shop.buy(0, "next", 3, 1));
      assertEquals(last + 1, next.body().getLong("number"), next::toString);
    }
  }
}
