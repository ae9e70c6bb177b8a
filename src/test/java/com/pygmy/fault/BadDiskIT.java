package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One node's disk goes bad; the shop does not notice, and the node comes back whole. One shop goes
 * through all cases. The disk of n3 is a small one of its own, where that may be made.
 */
@Tag("faults")
class BadDiskIT {

  private static final int BOOKS = 5;
  private static final int STOCK = 10_000;
  private static final int PURCHASE = 200;
  private static final String NODE = "n3";
  private static final String DISK_SIZE = "size=48m";

  @TempDir static Path folder;
  private static Shop shop;
  private static ShopClient client;
  private static boolean ownDisk;
  private static final List<JsonObject> CONFIRMED = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("data").resolve(NODE));
    ownDisk = isDone("mount", "-t", "tmpfs", "-o", DISK_SIZE, "tmpfs", disk.toString());
    shop =
        Shop.ofThree(
            folder,
            IntStream.rangeClosed(1, BOOKS)
                .mapToObj(i -> i + ",B" + i + ",A,topic,500," + STOCK)
                .toList());
    client = new ShopClient(shop.urls());
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      if (shop != null) {
        client.close();
        shop.close();
      }
    } finally {
      if (ownDisk) {
        assertTrue(isDone("umount", folder.resolve("data").resolve(NODE).toString()));
      }
    }
  }

  @BeforeEach
  void theShopIsWhole() throws Exception {
    shop.await("all nodes are level before the case", () -> shop.isLevel(client));
  }

  @Test
  void aFullDiskStopsItsNodeAndNothingElse() throws Exception {
    assumeTrue(ownDisk, "SKIPPED: no disk can be mounted here");
    long pid = shop.pid(NODE);
    Path filler = shop.data().resolve(NODE).resolve("filler");
    try {
      fill(filler);
      buy("onto-a-full-disk");
      shop.await(NODE + " stops", () -> isGone(pid));
      buy("beside-a-full-disk");
    } finally {
      Files.delete(filler);
    }
    assertTrue(logOf().matches("(?s).*(No space left on device|disk is full).*"), BadDiskIT::logOf);
    checkWhole();
  }

  @Test
  void aDamagedDatabaseIsSetAsideAndMadeGood() throws Exception {
    whileItIsDown(
        catalog -> {
          Path database = catalog.resolve("catalog.db");
          overwrite(database, Files.size(database) / 2, 4_096);
          overwrite(database, 0, 100);
          // It may hold all pages of a small database, good ones.
          Files.deleteIfExists(catalog.resolve("catalog.db-wal"));
        });
    assertTrue(hasSibling("catalog.db.damaged-"), () -> "the damaged database is kept: " + logOf());
    checkWhole();
  }

  @Test
  void aLogWithDamageInTheMiddleNeverVotesAgainAndIsReplaced() throws Exception {
    whileItIsDown(
        catalog -> {
          Path segment = newestSegment(catalog);
          overwrite(segment, 200, 64);
        });
    assertTrue(logOf().contains("This replica gets a new id"), BadDiskIT::logOf);
    checkWhole();
  }

  @Test
  void aLogThatLostItsEndNeverVotesAgainAndIsReplaced() throws Exception {
    whileItIsDown(
        catalog -> {
          try (RandomAccessFile file =
              new RandomAccessFile(newestSegment(catalog).toFile(), "rw")) {
            file.setLength(100);
          }
        });
    assertTrue(logOf().contains("This replica gets a new id"), BadDiskIT::logOf);
    checkWhole();
  }

  private interface Damage {
    void to(Path catalog) throws IOException;
  }

  /** Kills the node and damages its disk before it can be started again. */
  private static void whileItIsDown(Damage damage) throws Exception {
    buy("before-" + CONFIRMED.size());
    shop.await("it has all", () -> shop.isLevel(client));
    long pid = shop.pid(NODE);
    String supervisor = Files.readString(shop.data().resolve("supervisor.pid")).strip();
    assertTrue(isDone("kill", "-STOP", supervisor));
    try {
      assertTrue(isDone("kill", "-KILL", Long.toString(pid)));
      shop.await(NODE + " is dead", () -> isDead(pid));
      shop.await(NODE + " is missed", () -> !shop.isReady(client));
      damage.to(shop.data().resolve(NODE).resolve("catalog"));
    } finally {
      assertTrue(isDone("kill", "-CONT", supervisor));
    }
    buy("meanwhile-" + CONFIRMED.size());
    shop.await(NODE + " is back", () -> shop.isBack(NODE, pid));
    shop.await(NODE + " is level", () -> shop.isLevel(client));
  }

  private static void checkWhole() throws Exception {
    shop.await("all nodes are level", () -> shop.isLevel(client));
    buy("after-" + CONFIRMED.size());
    client.checkReadable(CONFIRMED);
    Shop.Ran audit = Shop.run("audit", "--data", shop.data().toString());
    assertEquals(0, audit.exitCode(), audit.output());
  }

  private static void buy(String prefix) {
    List<Future<ShopClient.Answer>> bought =
        IntStream.range(0, PURCHASE)
            .mapToObj(i -> client.buy(i, prefix + "-" + i, 1 + i % BOOKS, 1))
            .toList();
    ShopClient.await(Future.all(bought));
    for (Future<ShopClient.Answer> each : bought) {
      assertEquals(201, each.result().status());
      CONFIRMED.add(each.result().body());
    }
  }

  private static void fill(Path file) throws IOException {
    byte[] zeros = new byte[1 << 16];
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      while (true) {
        out.write(zeros);
      }
    } catch (IOException full) {
      assertTrue(full.getMessage().contains("No space left"), full.getMessage());
    }
  }

  private static void overwrite(Path file, long at, int bytes) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(at);
      for (int i = 0; i < bytes; i++) {
        out.write(0x5a);
      }
    }
  }

  private static Path newestSegment(Path catalog) throws IOException {
    try (Stream<Path> files = Files.walk(catalog.resolve("raft").resolve("storage"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log_"))
          .max(Comparator.comparing(BadDiskIT::modified))
          .orElseThrow();
    }
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasSibling(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(shop.data().resolve(NODE).resolve("catalog"))) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith(prefix));
    }
  }

  /** A zombie, too: its parent is stopped. */
  private static boolean isDead(long pid) {
    try {
      return Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline")).length == 0;
    } catch (IOException gone) {
      return true;
    }
  }

  private static boolean isGone(long pid) {
    return ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true);
  }

  private static String logOf() {
    try {
      return Files.readString(shop.data().resolve(NODE).resolve("log").resolve("node.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isDone(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
