package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.ratis.PeerProtocol.Question;
import com.pygmy.replication.ratis.Settings.Replica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerBookTest {
  private static final Replica CONF = new Replica("c2", "10.0.0.2", 7001);
  private static final Replica CONFIGURED = new Replica("c2", "10.0.0.3", 7001);
  private static final Replica SAID = new Replica("c2", "10.0.0.4", 7001);
  private static final ReplicaId MEMBER = ReplicaId.parse("c2#0000000000000001");

  @TempDir private Path folder;
  private final List<Replica> configured = new ArrayList<>();

  private Settings settings() {
    return Settings.of(
        "test", "c1", List.of(new Replica("c1", "10.0.0.1", 7001), CONF), folder.resolve("c1"));
  }

  private PeerBook book() {
    return new PeerBook(settings(), () -> configured, List::of);
  }

  @Test
  void whereItAnsweredLastGoesBeforeTheConfigurationAndThatBeforeTheConf() {
    PeerBook book = book();
    assertEquals(Optional.of(CONF), book.find("c2"));
    configured.add(CONFIGURED);
    assertEquals(Optional.of(CONFIGURED), book.find("c2"));
    book.answers(SAID);
    assertEquals(Optional.of(SAID), book.find("c2"));
    assertEquals(List.of(SAID, CONFIGURED, CONF), book.candidates("c2"));
  }

  @Test
  void whatAMemberSaysIsNotLostBecauseOthersOfItsNameTalk() {
    PeerBook book = book();
    book.says(MEMBER, SAID);
    for (int life = 2; life < 10; life++) {
      book.says(ReplicaId.parse("c2#000000000000000" + life), CONF);
      assertEquals(Optional.of(SAID), book.said(MEMBER));
      assertEquals(List.of(CONF, SAID), book.candidates("c2"));
      book.says(MEMBER, SAID);
    }
    book.says(ReplicaId.parse("c9#0000000000000001"), new Replica("c9", "10.0.0.9", 7001));
    assertEquals(List.of(), book.candidates("c9"), "of nobody");
  }

  @Test
  void whatRunsTwiceIsFoundAgainWhenItDoesNotAnyMore() {
    PeerBook book = book();
    book.answers(SAID);
    assertTrue(book.isTwice("c2", true));
    assertFalse(book.isTwice("c2", true), "no news");
    assertEquals(Optional.empty(), book.find("c2"));
    assertTrue(book.isTwice("c2", false));
    assertFalse(book.isTwice("c2", false), "no news");
    assertEquals(Optional.of(CONF), book.find("c2"));
  }

  @Test
  void whoSaysAnAddressThatIsNoneIsNotReachedAndThatIsAll() {
    try (PeerCalls calls = new PeerCalls("test", Optional.empty(), book(), System::nanoTime)) {
      var asked =
          calls.askAt(
              new Replica("c2", "no_host", 7001), new Question.Identify(Optional.empty()), 1_000);
      Throwable failure = assertThrows(CompletionException.class, asked::join);
      assertInstanceOf(IllegalArgumentException.class, failure.getCause());
    }
  }
}
