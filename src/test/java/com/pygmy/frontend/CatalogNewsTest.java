package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.cluster.ReplicaDirectory;
import com.pygmy.wire.Message.Goodbye;
import com.pygmy.wire.Message.Heartbeat;
import com.pygmy.wire.Message.ReplicaState;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Service;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatalogNewsTest {

  private final ReplicaDirectory directory = new ReplicaDirectory();
  private final CatalogNews news = new CatalogNews(directory);

  @Test
  void stampsNothingBeforeALeaderWasHeard() {
    assertThrows(FailureException.class, news::admittedIndex);
    heard("n1", Role.FOLLOWER, 5, "s1");
    assertThrows(FailureException.class, news::admittedIndex);
    heard("n2", Role.LEADER, 5_000_000, "s1");
    assertEquals(5_000_000, news.admittedIndex());
  }

  @Test
  void neverStampsAnAttemptWithLessThanBefore() {
    heard("n1", Role.LEADER, 900, "s1");
    news.listen();
    directory.left(new Goodbye("n1", "i"));
    assertEquals(900, news.admittedIndex());
    heard("n2", Role.FOLLOWER, 800, "s1");
    assertEquals(900, news.admittedIndex());
  }

  @Test
  void countsAnewInAnotherStore() {
    heard("n1", Role.LEADER, 900, "s1");
    String before = news.storeTag();
    heard("n2", Role.FOLLOWER, 950, "s1");
    heard("n1", Role.LEADER, 7, "s2");
    assertEquals(7, news.admittedIndex());
    assertNotEquals(before, news.storeTag());
  }

  @Test
  void tellsStoresApartInAFewCharacters() {
    assertEquals("", news.storeTag());
    heard("n1", Role.LEADER, 1, "store");
    assertEquals(FrontendFixture.STORE_TAG, news.storeTag());
  }

  private void heard(String node, Role role, long index, String storeId) {
    ReplicaState state =
        new ReplicaState(node, Service.CATALOG, role, 1, index, true, Optional.of(storeId), "");
    directory.heard(new Heartbeat(node, "i", Optional.empty(), false, List.of(state)));
  }
}
