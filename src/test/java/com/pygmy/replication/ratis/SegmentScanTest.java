package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power loss and what a bad disk leave of a log that Ratis wrote. */
class SegmentScanTest {
  private static final int SECTOR = 512;

  /** Written once; the tests but the last two look at copies of its segment. */
  @TempDir static Path root;

  private static TestCluster cluster;
  private static byte[] good;
  private static long last;
  private static String incarnation;
  @TempDir Path scratch;
  private Path segment;

  @BeforeEach
  void copy() {
    segment = scratch.resolve("log_inprogress_0");
  }

  @BeforeAll
  static void write() throws Exception {
    cluster = new TestCluster(root, 1, Long.getLong("pygmy.seed", 1), 10);
    cluster.start("c1");
    for (int i = 0; i < 5; i++) {
      cluster.write("line " + i);
    }
    // Larger than some sectors, and the last of its kind in the file but for a metadata entry.
    cluster.write("x".repeat(8 * SECTOR));
    incarnation = cluster.node("c1").log.incarnation();
    cluster.stop("c1");
    good = Files.readAllBytes(openSegment());
    last = SegmentScan.of(openSegment().getParent(), -1).last();
  }

  private static Path openSegment() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("log_inprogress_"))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  private SegmentScan scan(byte[] bytes, long applied) throws Exception {
    Files.write(segment, bytes);
    return SegmentScan.of(segment.getParent(), applied);
  }

  /** Somewhere in the run of x. */
  private static int inTheLargeEntry() {
    int run = 0;
    for (int i = 0; i < good.length; i++) {
      run = good[i] == 'x' ? run + 1 : 0;
      if (run == SECTOR) {
        return i;
      }
    }
    throw new AssertionError("no large entry");
  }

  @Test
  void readsAGoodLog() throws Exception {
    assertEquals(last, scan(good, last).last());
    assertEquals(last, scan(Arrays.copyOf(good, good.length + 100_000), last).last());
  }

  @Test
  void cutsAnEntryWhoseSectorsDidNotReachTheDisk() throws Exception {
    byte[] torn = good.clone();
    int sector = (inTheLargeEntry() / SECTOR + 1) * SECTOR;
    Arrays.fill(torn, sector, sector + SECTOR, (byte) 0);
    long kept = scan(torn, -1).last();
    assertEquals(true, kept < last && kept >= 0, "kept " + kept + " of " + last);
    assertEquals(kept, SegmentScan.of(segment.getParent(), -1).last(), "the rest is gone");
  }

  @Test
  void cutsAnEntryAtTheEndOfTheFile() throws Exception {
    byte[] torn = Arrays.copyOf(good, inTheLargeEntry() + 10);
    assertEquals(true, scan(torn, -1).last() < last);
  }

  @Test
  void callsABitThatFlippedDamage() {
    byte[] rotten = good.clone();
    rotten[inTheLargeEntry()] ^= 4;
    assertThrows(SegmentScan.Damaged.class, () -> scan(rotten, -1));
  }

  @Test
  void callsAHoleInWhatWasAppliedDamage() {
    byte[] torn = good.clone();
    int sector = (inTheLargeEntry() / SECTOR + 1) * SECTOR;
    Arrays.fill(torn, sector, sector + SECTOR, (byte) 0);
    assertThrows(SegmentScan.Damaged.class, () -> scan(torn, last));
  }

  /** First a torn tail, then damage: one test, as they work on the one replica. */
  @Test
  void aReplicaWithATornTailKeepsItsIdAndWithADamagedLogItIsAnother() throws Exception {
    // The state forgets what it had not synced, the log its last write.
    LineState.losePower(root.resolve("c1").resolve("state"));
    byte[] torn = Arrays.copyOf(good, good.length + 20 * SECTOR);
    int next = good.length;
    Arrays.fill(torn, next, (next / SECTOR + 1) * SECTOR, (byte) 7);
    torn[next] = (byte) 0x88; // 5000 bytes, of which the first sector reached the disk
    torn[next + 1] = 0x27;
    Files.write(openSegment(), torn);
    cluster.start("c1");
    assertEquals(incarnation, cluster.node("c1").log.incarnation());
    cluster.write("after");
    assertEquals(7, cluster.node("c1").state.size());
    cluster.close();

    Path closed = firstSegment();
    byte[] rotten = Files.readAllBytes(closed);
    rotten[inTheLargeEntry()] ^= 4;
    Files.write(closed, rotten);
    cluster.start("c1");
    assertNotEquals(incarnation, cluster.node("c1").log.incarnation());
    cluster.close();
  }

  private static Path firstSegment() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(f -> f.getFileName().toString().matches("log_(0-\\d+|inprogress_0)"))
          .findFirst()
          .orElseThrow();
    }
  }
}
