package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Who had a vote stays somebody who had one. */
class IdentityTest {
  private static final UUID STORE = new UUID(3, 4);
  private static final ReplicaId OWN = ReplicaId.parse("c4#00000000000000aa");
  private static final ReplicaId OTHER = ReplicaId.parse("c1#00000000000000bb");

  private static Identity joined(ReplicaId founder) {
    return Identity.fresh(OWN).prepared(STORE, List.of(founder), "", -1).joined();
  }

  private static Identity reread(Identity identity) {
    return Identity.decode(identity.encode());
  }

  /** As it was written before that was noted. */
  private static Identity older(Identity identity) {
    String text = new String(identity.encode(), StandardCharsets.UTF_8);
    String body = text.substring(0, text.indexOf("voted="));
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    String old = body + "crc32c=" + Long.toHexString(crc.getValue()) + "\n";
    return Identity.decode(old.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aVoteIsRememberedAfterItWasLost() {
    Identity learner = joined(OTHER);
    assertFalse(reread(learner).voted());
    Identity member = learner.withMembers(List.of(OTHER, OWN), List.of());
    assertTrue(reread(member).voted());
    Identity without = reread(member.withMembers(List.of(OTHER), List.of()));
    assertEquals(List.of(OTHER), without.members());
    assertTrue(without.voted());
    assertTrue(reread(without.withInstalled(7).asTrusted().removed()).voted());
  }

  @Test
  void aFounderHasAVote() {
    assertTrue(reread(joined(OWN)).voted());
    assertFalse(reread(Identity.fresh(OWN)).voted());
  }

  @Test
  void anOlderIdentityTellsByItsFoundersAndItsLastConfiguration() {
    assertFalse(older(joined(OTHER)).voted());
    assertTrue(older(joined(OWN)).voted());
    assertTrue(older(joined(OTHER).withMembers(List.of(OWN), List.of())).voted());
    assertFalse(older(joined(OTHER).withMembers(List.of(OTHER), List.of())).voted());
  }
}
