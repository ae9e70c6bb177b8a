package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.Identity.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who a replica is after its folder was tampered with. */
class FolderTest {
  private static final UUID STORE = new UUID(3, 4);
  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(Long.getLong("pygmy.seed", 1));
  @TempDir Path root;

  private Folder open(Position state) throws IOException {
    return Folder.open(root.resolve("raft"), "c1", random, state);
  }

  private ReplicaId joined() throws IOException {
    try (Folder folder = open(Position.START)) {
      ReplicaId id = folder.identity().id();
      folder.join(STORE, List.of(id), "", -1);
      return id;
    }
  }

  private Identity reopened() throws IOException {
    try (Folder folder = open(Position.START)) {
      return folder.identity();
    }
  }

  private Path storage() {
    return root.resolve("raft").resolve("storage");
  }

  private Path identity() {
    return root.resolve("raft").resolve("identity");
  }

  private void becomesAnother(ReplicaId before) throws IOException {
    Identity after = reopened();
    assertEquals(Stage.FRESH, after.stage());
    assertNotEquals(before, after.id());
    assertTrue(Files.exists(root.resolve("raft").resolve("aside-1")), "the damaged is kept");
    try (Stream<Path> left = Files.list(storage())) {
      assertEquals(0, left.count(), "nothing of the old group is left to be opened");
    }
  }

  @Test
  void staysWhoItIs() throws IOException {
    Identity first = reopened();
    assertEquals(Stage.FRESH, first.stage());
    assertEquals(first, reopened());
    ReplicaId joined = joined();
    assertEquals(first.id(), joined);
    assertEquals(Stage.JOINED, reopened().stage());
    assertEquals(joined, reopened().id());
  }

  @Test
  void isAnotherWithoutItsIdentity() throws IOException {
    ReplicaId before = joined();
    Files.delete(identity());
    becomesAnother(before);
  }

  @Test
  void isAnotherWhenTheIdentityIsDamaged() throws IOException {
    ReplicaId before = joined();
    byte[] bytes = Files.readAllBytes(identity());
    bytes[5] ^= 1;
    Files.write(identity(), bytes);
    becomesAnother(before);
  }

  /** What a newer version wrote is sound: to set it aside would cost the log of all replicas. */
  @Test
  void isLeftAsItIsWhenANewerVersionWroteTheIdentity() throws IOException {
    ReplicaId before = joined();
    byte[] known = Files.readAllBytes(identity());
    String text = new String(known, StandardCharsets.UTF_8);
    String body = text.substring(0, text.lastIndexOf("crc32c=")) + "shape=round\n";
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    String newer = body + "crc32c=" + Long.toHexString(crc.getValue()) + "\n";
    Files.writeString(identity(), newer);
    IOException refused = assertThrows(IOException.class, this::reopened);
    assertTrue(refused.getMessage().contains("the version that wrote it"), refused.getMessage());
    assertEquals(newer, Files.readString(identity()));
    Files.write(identity(), known);
    assertEquals(before, reopened().id());
  }

  @Test
  void isAnotherWithoutItsStorage() throws IOException {
    ReplicaId before = joined();
    SafeFiles.deleteTree(storage());
    becomesAnother(before);
  }

  @Test
  void isAnotherWithoutTermAndVote() throws IOException {
    ReplicaId before = joined();
    Files.delete(storage().resolve(STORE.toString()).resolve("current").resolve("raft-meta"));
    becomesAnother(before);
  }

  @Test
  void isAnotherWhenTheLogEndsBeforeTheState() throws IOException {
    ReplicaId before = joined();
    try (Folder folder = open(new Position(1, 5))) {
      assertNotEquals(before, folder.identity().id());
    }
  }

  @Test
  void mayHaveAStateAheadOfTheLogAfterACopyWasInstalled() throws IOException {
    ReplicaId before = joined();
    try (Folder folder = open(Position.START)) {
      folder.change(now -> now.withInstalled(5));
    }
    try (Folder folder = open(new Position(1, 5))) {
      assertEquals(before, folder.identity().id());
    }
  }

  @Test
  void goesOnPreparingAfterACrash() throws IOException {
    try (Folder folder = open(Position.START)) {
      folder.change(now -> now.prepared(STORE, List.of(now.id()), "", -1));
      Files.createDirectories(storage().resolve(STORE.toString()).resolve("current"));
    }
    Identity prepared = reopened();
    assertEquals(Stage.PREPARED, prepared.stage());
    try (Folder folder = open(Position.START)) {
      Identity joined = folder.join(STORE, prepared.founders(), "", -1);
      assertEquals(prepared.id(), joined.id());
      assertEquals(Stage.JOINED, joined.stage());
    }
    assertEquals(prepared.id(), reopened().id());
  }

  @Test
  void isOwnedByOneProcessAtATime() throws IOException {
    try (Folder held = open(Position.START)) {
      assertThrows(IOException.class, () -> open(Position.START));
      assertEquals(Stage.FRESH, held.identity().stage());
    }
    assertEquals(Stage.FRESH, reopened().stage());
  }

  @Test
  void refusesTheFolderOfAnotherReplica() throws IOException {
    joined();
    assertThrows(
        IOException.class, () -> Folder.open(root.resolve("raft"), "c2", random, Position.START));
    assertEquals(Stage.JOINED, reopened().stage(), "and leaves it alone");
  }

  @Test
  void isAnotherAfterItWasRemovedAndKeepsNothingOfItsLog() throws IOException {
    ReplicaId before = joined();
    try (Folder folder = open(Position.START)) {
      folder.change(Identity::removed);
    }
    Identity after = reopened();
    assertEquals(Stage.FRESH, after.stage());
    assertNotEquals(before, after.id());
    try (Stream<Path> left = Files.list(storage())) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void knowsWhereTheMembersWereLastSeen() throws IOException {
    ReplicaId own = joined();
    List<Settings.Replica> at =
        List.of(new Settings.Replica("c4", "10.0.0.4", 9084), new Settings.Replica("c5", "::1", 1));
    try (Folder folder = open(Position.START)) {
      folder.change(now -> now.withMembers(List.of(own), at));
    }
    assertEquals(at, reopened().addresses());
  }

  @Test
  void readsAnIdentityFromBeforeThereWereAddresses() throws IOException {
    ReplicaId own = joined();
    String text = Files.readString(identity());
    String old = text.substring(0, text.indexOf("addresses="));
    CRC32C crc = new CRC32C();
    crc.update(old.getBytes(StandardCharsets.UTF_8));
    Files.writeString(identity(), old + "crc32c=" + Long.toHexString(crc.getValue()) + "\n");
    assertEquals(own, reopened().id());
    assertEquals(List.of(), reopened().addresses());
  }
}
