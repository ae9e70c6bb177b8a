package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.fuzz.Fuzz;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.MessageCodec;
import com.pygmy.wire.RandomMessages;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is sent to a catalog replica that leads: it answers, or drops it, and goes on. */
class AnyMessageTest {

  private static final int MESSAGES = 2_000;
  private static final int AT_ONCE = 100;

  @TempDir private Path folder;
  private ReplicaOnTheBus replica;

  @BeforeEach
  void start() throws Exception {
    replica = new ReplicaOnTheBus(folder, 1).untilItLeads();
    replica.found(
        "store-1",
        List.of(new NewBook(Optional.of(new BookId(1)), "One", "A", "topic", 500, 1_000)));
  }

  @AfterEach
  void stop() {
    replica.close();
  }

  @Test
  void itLivesOnWhateverItIsSent() {
    RandomMessages messages = new RandomMessages(Fuzz.random());
    int left = Fuzz.inputs(MESSAGES);
    while (left > 0) {
      List<Future<?>> answers = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        Message message = messages.next();
        left--;
        replica.bus.tell(Addresses.keeper(ReplicaOnTheBus.NAME), message);
        replica.bus.publish(Addresses.HEARTBEAT, message);
        answers.add(replica.send(message));
      }
      ReplicaOnTheBus.await(Future.join(answers).otherwiseEmpty());
    }
    itIsWell();
  }

  @Test
  void aMessageOfAnotherKindIsDropped() {
    String address = Addresses.of(Message.Service.CATALOG, ReplicaOnTheBus.NAME);
    for (Object body : List.of("text", 7, new byte[] {1, 2}, true)) {
      replica.vertx.eventBus().send(address, body);
      replica.vertx.eventBus().send(Addresses.keeper(ReplicaOnTheBus.NAME), body);
    }
    replica.vertx.eventBus().send(address, null);
    replica
        .vertx
        .eventBus()
        .send(
            address,
            new Message.ListTopics(),
            new DeliveryOptions().setCodecName(MessageCodec.NAME));
    itIsWell();
  }

  private void itIsWell() {
    Message.BooksRead read =
        assertInstanceOf(
            Message.BooksRead.class, replica.ask(new Message.ReadBooks(List.of(new BookId(1)))));
    assertEquals(1, read.books().size());
  }
}
