package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.coherence.CoherenceMessage.Ack;
import com.pygmy.coherence.CoherenceMessage.Suspend;
import com.pygmy.coherence.Timing;
import com.pygmy.coherence.View;
import com.pygmy.domain.BookId;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseHolderTest {

  private static final View ONE = new View.OfBook(new BookId(1));

  private final FrontendFixture node = new FrontendFixture();
  private final ScriptedLeader leader = node.leader;
  private final LeaseHolder holder = node.holder();

  @AfterEach
  void stop() {
    node.close();
  }

  private void start() {
    node.await(leader.lead("n1"));
    node.await(leader.lead("n2"));
    node.await(node.vertx.deployVerticle(holder));
  }

  private void lead() {
    node.store.announce(Service.CATALOG, "n1", true);
    node.store.announce(Service.CATALOG, "n2", true);
    node.clock.jump(LeaseHolder.LOOK_MILLIS);
  }

  private void awaitLease() {
    node.until(() -> holder.state().leased());
  }

  @Test
  void asksForNothingBeforeTheStoreIsKnown() {
    start();
    assertFalse(holder.state().leased());
    assertTrue(holder.copies().isEmpty());
    assertTrue(leader.renewals.isEmpty());
    lead();
    awaitLease();
    assertEquals("store", leader.renewals.get(0).storeId());
    assertTrue(leader.renewals.get(0).holder().startsWith("n1/"));
  }

  @Test
  void asksANewLeaderAtOnce() {
    start();
    lead();
    awaitLease();
    node.clock.stop();
    leader.askedAt.clear();
    leader.newTerm(4);
    node.store.elect("n2", 4);
    node.clock.jump(LeaseHolder.LOOK_MILLIS); // but less than a renewal is due
    node.until(() -> leader.askedAt.contains("n2"));
    assertFalse(leader.askedAt.contains("n1"));
  }

  @Test
  void renewsItsLease() {
    start();
    lead();
    awaitLease();
    node.clock.stop();
    for (int i = 0; i < 5; i++) {
      int asked = leader.renewals.size();
      node.clock.jump(Timing.RENEW_MILLIS);
      node.until(() -> leader.renewals.size() > asked);
      leader.suspend(); // acknowledged, so the grant before it was heard
    }
    assertTrue(holder.state().leased());
    assertEquals(0, holder.state().leaseLosses());
    assertEquals(1, leader.renewals.stream().map(renewal -> renewal.holder()).distinct().count());
  }

  /** Those whom a leader answers together ask again together. */
  @Test
  void asksAgainSomeTimeAfterTheGrantAndWithoutOneSomeTimeAfterItAsked() {
    start();
    lead();
    awaitLease();
    node.clock.stop();
    leader.suspend(); // acknowledged, so the grant before it was heard
    int asked = leader.renewals.size();
    leader.grant(false);
    node.clock.jump(Timing.RENEW_MILLIS * 4 / 5);
    node.until(() -> leader.renewals.size() > asked);
    node.clock.jump(Timing.RENEW_MILLIS);
    node.until(() -> leader.renewals.size() > asked + 1);
  }

  @Test
  void acknowledgesWhatIsSuspended() {
    start();
    lead();
    awaitLease();
    Ack ack = leader.suspend(ONE);
    assertEquals(leader.renewals.get(0).holder(), ack.holder());
    leader.tell(new Suspend(ack.term() - 1, 1_000, Set.of(ONE)));
    assertEquals(ack.sequence() + 1, leader.suspend(ONE).sequence());
  }

  @Test
  void dropsWhatIsNotForIt() {
    start();
    lead();
    awaitLease();
    String address = Addresses.holder(leader.renewals.get(0).holder());
    node.bus.tell(address, new Message.SalesHint(1));
    node.bus.tell(address, new Message.Coherence(new Ack("n1/1", 1, 1)));
    leader.suspend(ONE);
    assertTrue(holder.state().leased());
  }

  @Test
  void listensAnewWhenItGetsNoLease() {
    start();
    lead();
    awaitLease();
    String before = leader.renewals.get(0).holder();
    leader.grant(false);
    node.clock.jump(LeaseHolder.RELISTEN_MILLIS);
    node.until(() -> !last().equals(before));
    leader.grant(true);
    node.clock.jump(Timing.RENEW_MILLIS);
    awaitLease();
    assertNotEquals(before, last());
  }

  @Test
  void whoStopsServesNothingAndAcknowledgesWhileItsLeaseMayLast() {
    start();
    lead();
    awaitLease();
    LeasedCopies copies = holder.copies().orElseThrow();
    Future<Void> stopping = node.vertx.undeploy(holder.deploymentID());
    node.until(() -> !copies.isLeased());
    assertFalse(stopping.isComplete());
    leader.suspend(ONE);
    node.await(stopping);
  }

  private String last() {
    return leader.renewals.get(leader.renewals.size() - 1).holder();
  }
}
