package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cli.ExitCode;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.launch.Console.Result;
import com.pygmy.replication.Position;
import com.pygmy.store.CatalogStore;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two commands, before a frontend that gives what the test wants, and without starting. */
class BackupAndRestoreTest {

  private static final String CONF =
      """
      {"nodes": [
        {"name": "f1", "host": "127.0.0.1", "roles": ["frontend", "order"],
          "http": {"port": 18081}, "hazelcast": {"port": 15701}},
        {"name": "c1", "host": "127.0.0.1", "roles": ["catalog"],
          "raft": {"port": 19081}, "hazelcast": {"port": 15702}},
        {"name": "c2", "host": "127.0.0.1", "roles": ["catalog"],
          "raft": {"port": 19082}, "hazelcast": {"port": 15703}},
        {"name": "c3", "host": "127.0.0.1", "roles": ["catalog"],
          "raft": {"port": 19083}, "hazelcast": {"port": 15704}}]}
      """;

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private Path data;
  private Path file;
  private byte[] sound;

  @BeforeEach
  void start() throws Exception {
    data = folder.resolve("data");
    file = folder.resolve("store.db");
    Path exported = folder.resolve("exported.db");
    try (CatalogStore store =
        CatalogStore.open(
            folder.resolve("parent.db"),
            CatalogStore.Settings.defaults(),
            System::nanoTime,
            failure -> {
              throw new AssertionError(failure);
            })) {
      NewBook book = new NewBook(Optional.of(new BookId(1)), "A", "B", "t", 100, 5);
      store.apply(
          new Position(1, 8), 0, List.of(new Command.FoundStore("f", "store-1", List.of(book))));
      store.whenWritten(8).toCompletableFuture().join();
      store.exportTo(exported);
    }
    sound = Files.readAllBytes(exported);
    Files.writeString(folder.resolve("conf.json"), CONF);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void give(HttpExchange exchange, byte[] content, int sent) throws IOException {
    exchange.getResponseHeaders().set("Repr-Digest", digest(content));
    exchange.sendResponseHeaders(200, content.length);
    exchange.getResponseBody().write(content, 0, sent);
    exchange.close();
  }

  private static String digest(byte[] content) {
    try {
      byte[] sha = MessageDigest.getInstance("SHA-256").digest(content);
      return "sha-256=:" + Base64.getEncoder().encodeToString(sha) + ":";
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void gives(byte[] content, int sent) {
    server.createContext("/backup", exchange -> give(exchange, content, sent));
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Result backup(String... more) {
    String[] args = {"backup", file.toString(), "--token", "t", "--url", url()};
    return Console.run(
        Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray(String[]::new));
  }

  private Result restore(String... more) {
    String conf = folder.resolve("conf.json").toString();
    String[] args = {"restore", file.toString(), "--conf", conf, "--data", data.toString()};
    return Console.run(
        Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray(String[]::new));
  }

  private void assertNothingMade(Result result, int exitCode) throws IOException {
    assertEquals(exitCode, result.exitCode(), result::toString);
    assertFalse(Files.exists(file), result::toString);
    try (Stream<Path> files = Files.list(folder)) {
      assertTrue(files.noneMatch(f -> f.toString().endsWith(".part")), result::toString);
    }
  }

  @Test
  void aBackUpIsCheckedAndReadableByItsOwnerOnly() throws Exception {
    gives(sound, sound.length);
    Result result = backup();
    assertEquals(ExitCode.OK, result.exitCode(), result::toString);
    assertArrayEquals(sound, Files.readAllBytes(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    for (String told : List.of("store-1", "1:8", "books:    1", "orders:   0", "sha-256:  ")) {
      assertTrue(result.out().contains(told), result::toString);
    }
  }

  @Test
  void aFileThatIsThereIsReplacedOnlyByForce() throws Exception {
    gives(sound, sound.length);
    Files.writeString(file, "mine");
    assertEquals(ExitCode.REFUSED, backup().exitCode());
    assertEquals("mine", Files.readString(file));
    assertEquals(ExitCode.OK, backup("--force").exitCode());
    assertArrayEquals(sound, Files.readAllBytes(file));
  }

  @Test
  void twoBackUpsToOneFileDoNotDisturbEachOther() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean isFirst = new AtomicBoolean(true);
    server.createContext(
        "/backup",
        exchange -> {
          if (isFirst.getAndSet(false)) {
            exchange.getResponseHeaders().set("Repr-Digest", digest(sound));
            exchange.sendResponseHeaders(200, sound.length);
            exchange.getResponseBody().write(sound, 0, sound.length / 2);
            exchange.getResponseBody().flush();
            try {
              assertTrue(goOn.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            exchange
                .getResponseBody()
                .write(sound, sound.length / 2, sound.length - sound.length / 2);
            exchange.close();
          } else {
            give(exchange, sound, sound.length);
          }
        });
    Future<Result> first = threads.submit(() -> backup());
    TestConf.until("half of it is there", this::isHalfThere);
    assertEquals(ExitCode.OK, backup().exitCode());
    goOn.countDown();
    Result result = first.get(30, TimeUnit.SECONDS);
    assertEquals(ExitCode.OK, result.exitCode(), result::toString);
    assertArrayEquals(sound, Files.readAllBytes(file));
  }

  private boolean isHalfThere() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(f -> f.toString().endsWith(".part") && f.toFile().length() > 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anotherFrontendIsAskedWhenOneIsAwayAndTheExitCodeTellsWhenAllAre() throws Exception {
    Result none = Console.run("backup", file.toString(), "--url", "http://127.0.0.1:1");
    assertNothingMade(none, ExitCode.UNAVAILABLE);
    gives(sound, sound.length);
    Result one = Console.run("backup", file.toString(), "--url", "http://127.0.0.1:1," + url());
    assertEquals(ExitCode.OK, one.exitCode(), one::toString);
  }

  @Test
  void whatBreaksOffOrArrivesDamagedIsNoBackUp() throws Exception {
    gives(sound, sound.length / 2);
    assertNothingMade(backup(), ExitCode.UNAVAILABLE);
    server.removeContext("/backup");
    byte[] damaged = sound.clone();
    damaged[sound.length / 2] ^= 1;
    server.createContext(
        "/backup",
        exchange -> {
          exchange.getResponseHeaders().set("Repr-Digest", digest(sound));
          exchange.sendResponseHeaders(200, damaged.length);
          exchange.getResponseBody().write(damaged);
          exchange.close();
        });
    assertNothingMade(backup(), ExitCode.UNAVAILABLE);
  }

  @Test
  void whatArrivesWholeAndIsNotSoundIsNoBackUp() throws Exception {
    byte[] other = "no database at all".repeat(100).getBytes(StandardCharsets.UTF_8);
    gives(other, other.length);
    Result result = backup();
    assertNothingMade(result, ExitCode.REFUSED);
    assertTrue(result.err().contains("no SQLite database"), result::toString);
  }

  @Test
  void saysThatTheTokenIsWrong() throws Exception {
    server.createContext(
        "/backup",
        exchange -> {
          byte[] body =
              "{\"title\":\"The administrator's token is needed\"}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    Result result = backup();
    assertNothingMade(result, ExitCode.REFUSED);
    assertTrue(result.err().contains("token is needed"), result::toString);
  }

  @Test
  void everyCatalogNodeGetsTheSameBytesAndNobodyElseAny() throws Exception {
    Files.write(file, sound);
    Result result = restore("--no-start");
    assertEquals(ExitCode.OK, result.exitCode(), result::toString);
    assertTrue(result.out().contains("restored store store-1 as of order 0"), result::toString);
    byte[] one = Files.readAllBytes(data.resolve("c1/catalog/catalog.db"));
    assertArrayEquals(one, Files.readAllBytes(data.resolve("c2/catalog/catalog.db")));
    assertFalse(Files.exists(data.resolve("f1")));
    assertFalse(Files.exists(data.resolve("restoring")));
    assertEquals(ExitCode.OK, Console.run("audit", "--data", data.toString()).exitCode());
  }

  @Test
  void onlyTheNodesThatAreNamedGetIt() throws Exception {
    Files.write(file, sound);
    assertEquals(ExitCode.USAGE, restore("--no-start", "--node", "f1").exitCode());
    Result two = restore("--no-start", "--node", "c1", "--node", "c3");
    assertEquals(ExitCode.OK, two.exitCode(), two::toString);
    assertFalse(Files.exists(data.resolve("c2")));
    byte[] one = Files.readAllBytes(data.resolve("c1/catalog/catalog.db"));
    // One that went wrong gets the same, beside the others, which are left as they are.
    ResetCommand.removeTree(data.resolve("c3"));
    Result again = restore("--no-start", "--node", "c3");
    assertEquals(ExitCode.OK, again.exitCode(), again::toString);
    assertArrayEquals(one, Files.readAllBytes(data.resolve("c3/catalog/catalog.db")));
    Result taken = restore("--no-start", "--node", "c3");
    assertEquals(ExitCode.REFUSED, taken.exitCode(), taken::toString);
    assertTrue(taken.err().contains("data of c3"), taken::toString);
  }

  @Test
  void aFolderWithDataIsRefusedAndLeftAsItIs() throws Exception {
    Files.write(file, sound);
    assertEquals(ExitCode.OK, restore("--no-start").exitCode());
    byte[] before = Files.readAllBytes(data.resolve("c1/catalog/catalog.db"));
    Result again = restore("--no-start");
    assertEquals(ExitCode.REFUSED, again.exitCode(), again::toString);
    assertTrue(again.err().contains("data of c1, c2, c3"), again::toString);
    assertArrayEquals(before, Files.readAllBytes(data.resolve("c1/catalog/catalog.db")));
  }

  @Test
  void aFileThatIsNoBackUpRestoresNothing() throws Exception {
    assertRefusedAndEmpty("no file");
    Files.write(file, Arrays.copyOf(sound, sound.length / 2));
    assertRefusedAndEmpty("");
    Files.copy(folder.resolve("conf.json"), folder.resolve("text"));
    file = folder.resolve("text");
    assertRefusedAndEmpty("no SQLite database");
  }

  private void assertRefusedAndEmpty(String why) {
    Result result = restore("--no-start");
    assertEquals(ExitCode.REFUSED, result.exitCode(), result::toString);
    assertTrue(result.err().contains(why), result::toString);
    assertFalse(Files.exists(data.resolve("c1")), result::toString);
  }

  @Test
  void whileARunningSupervisorHasTheFolderNothingIsRestored() throws Exception {
    Files.write(file, sound);
    Files.createDirectories(data);
    FolderLock lock = FolderLock.tryLock(data.resolve("supervisor.lock")).orElseThrow();
    try {
      assertRefusedAndEmpty("a supervisor runs");
    } finally {
      lock.close();
    }
  }

  @Test
  void afterAnInterruptedRestoreNothingStartsUntilItIsReset() throws Exception {
    Files.write(file, sound);
    assertEquals(ExitCode.OK, restore("--no-start").exitCode());
    // As a crash between the renames leaves it.
    Files.createDirectories(data.resolve("restoring"));
    Files.move(data.resolve("c2"), data.resolve("restoring/c2"));
    String conf = folder.resolve("conf.json").toString();
    for (List<String> start :
        List.of(List.of("up"), List.of("node", "c1"), List.of("restore", file.toString()))) {
      String[] args =
          Stream.concat(start.stream(), Stream.of("--conf", conf, "--data", data.toString()))
              .toArray(String[]::new);
      Result refused = Console.run(args);
      assertEquals(ExitCode.REFUSED, refused.exitCode(), refused::toString);
      assertTrue(refused.err().contains("was interrupted"), refused::toString);
    }
    Result reset = Console.run("reset", "--yes", "--data", data.toString());
    assertEquals(ExitCode.OK, reset.exitCode(), reset::toString);
    assertEquals(ExitCode.OK, restore("--no-start").exitCode());
  }
}
