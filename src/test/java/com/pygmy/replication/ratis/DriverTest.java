package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Position;
import com.pygmy.replication.ratis.Settings.Replica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reaches the state machine, and what ends the process. */
class DriverTest {
  private static final UUID PROPOSER = new UUID(1, 1);
  @TempDir Path folder;
  private LineState state;
  private Driver<Long> driver;
  private final List<Throwable> fatal = new ArrayList<>();
  private final List<ReplicaId> members = new ArrayList<>();

  private final class Recorder implements Driver.Events {
    @Override
    public void leadershipChanged() {}

    @Override
    public void membersChanged(List<ReplicaId> voters, List<Settings.Replica> addresses) {
      members.addAll(voters);
    }

    @Override
    public void groupClosed() {}

    @Override
    public void fatal(Throwable cause) {
      fatal.add(cause);
    }

    @Override
    public CompletableFuture<Position> fetchCopy(ReplicaId leader, Position first) {
      return CompletableFuture.failedFuture(new IllegalStateException("not here"));
    }
  }

  @BeforeEach
  void open() throws Exception {
    state = new LineState(folder.resolve("state"), 100);
    driver = driver(state);
  }

  private Driver<Long> driver(LineState machine) {
    Settings settings =
        Settings.of("test", "c1", List.of(new Replica("c1", "127.0.0.1", 1)), folder);
    Proposals<Long> proposals =
        new Proposals<>(
            settings,
            new Outside(() -> 0, () -> 0, null, fatal::add),
            PROPOSER,
            () -> new Leadership(1, Leadership.Role.FOLLOWER, Optional.empty(), false),
            () -> true,
            Runnable::run);
    return new Driver<>(
        machine, proposals, new AppliedIndex(machine.restored().index()), new Recorder(), true);
  }

  @AfterEach
  void close() throws Exception {
    state.close();
  }

  private void apply(long term, long index, long admitted, String... lines) {
    List<byte[]> commands = new ArrayList<>();
    for (String line : lines) {
      commands.add(TestCluster.bytes(line));
    }
    raw(
        term,
        index,
        EntryFormat.encode(new EntryFormat.Written(admitted, 5, PROPOSER, index, commands)));
  }

  private void raw(long term, long index, byte[] data) {
    LogEntryProto entry =
        LogEntryProto.newBuilder()
            .setTerm(term)
            .setIndex(index)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(data)))
            .build();
    TestCluster.join(
        driver.applyTransaction(
            TransactionContext.newBuilder()
                .setServerRole(RaftPeerRole.FOLLOWER)
                .setStateMachine(driver)
                .setLogEntry(entry)
                .build()));
  }

  @Test
  void passesEveryEntryOfWhateverKindOnceAndInOrder() {
    driver.notifyTermIndexUpdated(1, 0);
    apply(1, 1, 1, "a", "b");
    driver.notifyTermIndexUpdated(1, 2);
    apply(1, 1, 1, "again");
    apply(1, 3, 1, "c");
    assertEquals(List.of("a", "b", "c"), state.lines());
    assertEquals(new Position(1, 3), driver.passed());
    assertEquals(List.of(), fatal);
  }

  @Test
  void ignoresAnEntryThatWasAdmittedInAnotherTerm() {
    apply(2, 0, 2, "a");
    apply(3, 1, 2, "late");
    apply(3, 2, 3, "b");
    assertEquals(List.of("a", "b"), state.lines());
    assertEquals(new Position(3, 2), state.applied());
    assertEquals(List.of(), fatal);
  }

  @Test
  void aStateMachineThatThrowsEndsTheProcess() {
    state.poison = new IllegalStateException("disk");
    assertThrows(IllegalStateException.class, () -> apply(1, 0, 1, "a"));
    assertEquals(List.of(state.poison), fatal);
  }

  @Test
  void aGapInTheLogEndsTheProcess() {
    apply(1, 0, 1, "a");
    assertThrows(IllegalStateException.class, () -> apply(1, 2, 1, "b"));
    assertEquals(1, fatal.size());
    assertEquals(List.of("a"), state.lines());
  }

  @Test
  void anEntryOfANewerFormatEndsTheProcess() {
    assertThrows(EntryFormat.Unreadable.class, () -> raw(1, 0, new byte[] {9, 9}));
    assertEquals(1, fatal.size());
  }

  @Test
  void purgesNoFurtherThanTheStateIsDurable() throws Exception {
    assertEquals(-1, driver.takeSnapshot());
    for (int i = 0; i < 10; i++) {
      apply(1, i, 1, "line " + i);
    }
    assertEquals(-1, driver.takeSnapshot(), "written, not synced");
    state.sync();
    apply(1, 10, 1, "more");
    assertEquals(9, driver.takeSnapshot());
    assertEquals(9, driver.getLatestSnapshot().getIndex());
    assertEquals(-1, driver.takeSnapshot(), "nothing new");
  }

  @Test
  void beginsAfterTheRestoredState() throws Exception {
    apply(1, 0, 1, "a");
    apply(1, 1, 1, "b");
    state.close();
    state = new LineState(folder.resolve("state"), 100);
    driver = driver(state);
    assertEquals(1, driver.getLatestSnapshot().getIndex());
    assertEquals(-1, driver.takeSnapshot(), "it is not durable yet");
    apply(1, 2, 1, "c");
    assertTrue(state.lines().equals(List.of("a", "b", "c")));
  }

  private static RaftPeerProto peer(ReplicaId id) {
    return RaftPeerProto.newBuilder().setId(id.raftId().toByteString()).setAddress("h:1").build();
  }

  @Test
  void thoseThatAreLeavingAreMembersUntilTheyHaveLeft() {
    ReplicaId stays = ReplicaId.parse("c1#0000000000000001");
    ReplicaId leaves = ReplicaId.parse("c2#0000000000000002");
    RaftConfigurationProto joint =
        RaftConfigurationProto.newBuilder()
            .addPeers(peer(stays))
            .addOldPeers(peer(stays))
            .addOldPeers(peer(leaves))
            .build();
    driver.notifyConfigurationChanged(1, 1, joint);
    assertEquals(List.of(stays, leaves), members);
  }
}
