package com.pygmy.order;

import static com.pygmy.order.OrderFixture.await;
import static com.pygmy.order.OrderFixture.buy;
import static com.pygmy.order.OrderFixture.sale;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Command;
import com.pygmy.domain.Command.PlaceOrder;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Outcome;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.Submit;
import com.pygmy.wire.Message.Submitted;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BuyGathererTest {

  private final OrderFixture fixture = new OrderFixture();
  private final BuyGatherer gatherer =
      new BuyGatherer(fixture.bus, fixture.directory, fixture.nanos::get, fixture::nextTurn);

  @AfterEach
  void close() {
    fixture.close();
  }

  /** A request that a catalog took, to be answered when the test says so. */
  private record Taken(Submit request, Promise<Message> answer) {
    List<String> keys() {
      return request.commands().stream().map(Command::key).toList();
    }

    void decide() {
      answer.complete(new Submitted(request.commands().stream().map(Taken::sold).toList()));
    }

    void answerAll(Answer same) {
      answer.complete(new Submitted(Collections.nCopies(request.commands().size(), same)));
    }

    private static Answer sold(Command command) {
      Outcome sold = new Outcome.Sold(sale(1, (PlaceOrder) command));
      return new Answer.Decided(5, new Decision.Decided(sold, false));
    }
  }

  private BlockingQueue<Taken> catalog(String name) {
    BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    fixture.catalog(
        name,
        request -> {
          Taken each = new Taken((Submit) request, Promise.promise());
          taken.add(each);
          return each.answer().future();
        });
    return taken;
  }

  private static Taken next(BlockingQueue<Taken> taken) throws InterruptedException {
    Taken next = taken.poll(10, TimeUnit.SECONDS);
    assertTrue(next != null, "no request came");
    return next;
  }

  /** Asked for when this returns. */
  private Future<Answer> bought(String key) {
    Promise<Answer> answer = Promise.promise();
    fixture.run(() -> gatherer.buy(buy(key, 1)).onComplete(answer));
    return answer.future();
  }

  private void passUnder(String leader, long millis) {
    fixture.pass(millis);
    fixture.heard(leader, Role.LEADER, 1);
    fixture.run(gatherer::tick);
  }

  @Test
  void gathersWhatComesInOneTurnOfTheEventLoop() throws Exception {
    BlockingQueue<Taken> taken = catalog("n1");
    fixture.heard("n1", Role.LEADER, 1);
    Promise<Answer> last = Promise.promise();
    fixture.run(
        () -> {
          gatherer.buy(buy("a", 1));
          gatherer.buy(buy("b", 1));
          gatherer.buy(buy("c", 1)).onComplete(last);
        });
    Taken all = next(taken);
    assertEquals(List.of("a", "b", "c"), all.keys());
    all.decide();
    assertInstanceOf(Answer.Decided.class, await(last.future()));
  }

  @Test
  void gathersWhatComesWhileARequestIsOnItsWay() throws Exception {
    BlockingQueue<Taken> taken = catalog("n1");
    fixture.heard("n1", Role.LEADER, 1);
    List<Future<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      answers.add(bought("k" + i));
    }
    Taken first = next(taken);
    assertEquals(List.of("k0"), first.keys());
    first.decide();
    Taken second = next(taken);
    assertEquals(9, second.keys().size());
    second.decide();
    for (Future<Answer> answer : answers) {
      assertInstanceOf(Answer.Decided.class, await(answer));
    }
    await(fixture.on(gatherer::idle));
  }

  @Test
  void overtakesASlowRequest() throws Exception {
    BlockingQueue<Taken> taken = catalog("n1");
    fixture.heard("n1", Role.LEADER, 1);
    Future<Answer> slow = bought("a");
    Taken first = next(taken);
    Future<Answer> second = bought("b");
    fixture.run(gatherer::tick);
    Future<Answer> third = bought("c");
    passUnder("n1", BuyGatherer.SLOW_MILLIS);
    Taken overtaking = next(taken);
    assertEquals(List.of("b", "c"), overtaking.keys());
    Future<Answer> fourth = bought("d");
    overtaking.decide();
    next(taken).decide(); // without another tick
    for (Future<Answer> quick : List.of(second, third, fourth)) {
      assertInstanceOf(Answer.Decided.class, await(quick));
    }
    assertFalse(slow.isComplete());
    first.decide();
    assertInstanceOf(Answer.Decided.class, await(slow));
  }

  @Test
  void aFullRequestDoesNotWait() throws Exception {
    BlockingQueue<Taken> taken = catalog("n1");
    fixture.heard("n1", Role.LEADER, 1);
    Future<Answer> first = bought("a");
    Taken alone = next(taken);
    for (int i = 0; i < BuyGatherer.MAX_BUYS_PER_REQUEST; i++) {
      var unused = bought("k" + i);
    }
    Taken full = next(taken);
    assertEquals(BuyGatherer.MAX_BUYS_PER_REQUEST, full.keys().size());
    assertFalse(first.isComplete());
    alone.decide();
    full.decide();
  }

  /** A buy that n1 took, and n2 as well when it had succeeded n1. */
  private record SentTwice(Future<Answer> answer, Taken late, Taken pending) {}

  private SentTwice sentTwice() throws Exception {
    BlockingQueue<Taken> old = catalog("n1");
    BlockingQueue<Taken> newer = catalog("n2");
    fixture.heard("n1", Role.LEADER, 1);
    Future<Answer> answer = bought("k");
    Taken late = next(old);
    fixture.heard("n2", Role.LEADER, 2);
    fixture.run(gatherer::tick);
    return new SentTwice(answer, late, next(newer));
  }

  @Test
  void sendsWhatIsUnansweredToTheNextLeaderUnderTheSameKeys() throws Exception {
    SentTwice sent = sentTwice();
    assertEquals(sent.late().keys(), sent.pending().keys());
    sent.pending().decide();
    assertInstanceOf(Answer.Decided.class, await(sent.answer()));
  }

  @Test
  void takesTheLateDecisionOfTheFormerLeader() throws Exception {
    SentTwice sent = sentTwice();
    sent.late().decide();
    assertInstanceOf(Answer.Decided.class, await(sent.answer()));
    await(fixture.on(gatherer::idle)); // nobody waits for the other request any more
    sent.pending().decide();
  }

  @Test
  void takesNothingButADecisionOfTheFormerLeader() throws Exception {
    SentTwice sent = sentTwice();
    sent.late().answerAll(new Answer.NotLeader(Optional.of("n2")));
    fixture.run(gatherer::tick);
    assertFalse(sent.answer().isComplete());
    sent.pending().decide();
    assertInstanceOf(Answer.Decided.class, await(sent.answer()));
  }

  @Test
  void saysUnknownWhenAnEarlierAttemptMayYetBeDecided() throws Exception {
    SentTwice sent = sentTwice();
    sent.pending().answerAll(new Answer.NotLeader(Optional.empty()));
    assertInstanceOf(Answer.Unknown.class, await(sent.answer()));
    sent.late().decide();
  }

  /** It may have been killed and started again, and then nobody answers the first request. */
  @Test
  void sendsAgainToTheSameLeaderInALaterTerm() throws Exception {
    BlockingQueue<Taken> taken = catalog("n1");
    fixture.heard("n1", Role.LEADER, 1);
    Future<Answer> first = bought("a");
    Taken lost = next(taken);
    Future<Answer> second = bought("b");
    passUnder("n1", BuyGatherer.SLOW_MILLIS);
    Taken alsoLost = next(taken);
    fixture.heard("n1", Role.LEADER, 2);
    fixture.run(gatherer::tick);
    for (List<String> keys : List.of(lost.keys(), alsoLost.keys())) {
      Taken again = next(taken);
      assertEquals(keys, again.keys());
      again.decide();
    }
    assertInstanceOf(Answer.Decided.class, await(first));
    assertInstanceOf(Answer.Decided.class, await(second));
  }

  @Test
  void waitsForALeaderAndThenSaysThatThereIsNone() throws Exception {
    Future<Answer> answer = bought("k");
    fixture.pass(BuyGatherer.MAX_WAIT_MILLIS);
    fixture.run(gatherer::tick);
    assertFalse(answer.isComplete());
    fixture.pass(1);
    fixture.run(gatherer::tick);
    assertInstanceOf(Answer.Unavailable.class, await(answer));
  }

  @Test
  void sendsWhatWaitedForALeaderOnceThereIsOne() throws Exception {
    BlockingQueue<Taken> taken = catalog("n1");
    Future<Answer> answer = bought("k");
    fixture.pass(500);
    fixture.heard("n1", Role.LEADER, 1);
    fixture.run(gatherer::tick);
    next(taken).decide();
    assertInstanceOf(Answer.Decided.class, await(answer));
  }

  @Test
  void givesBackWhatCouldNotBeSentInTime() throws Exception {
    BlockingQueue<Taken> taken = catalog("n1");
    fixture.heard("n1", Role.LEADER, 1);
    Future<Answer> first = bought("a");
    Taken slow = next(taken);
    Future<Answer> second = bought("b");
    passUnder("n1", BuyGatherer.SLOW_MILLIS);
    Taken alsoSlow = next(taken);
    Future<Answer> waiting = bought("c");
    passUnder("n1", BuyGatherer.MAX_WAIT_MILLIS + 1);
    assertInstanceOf(Answer.Overloaded.class, await(waiting));
    slow.decide();
    alsoSlow.decide();
    for (Future<Answer> each : List.of(first, second)) {
      assertInstanceOf(Answer.Decided.class, await(each));
    }
  }

  @Test
  void refusesMoreThanItMayHold() {
    for (int i = 0; i < BuyGatherer.MAX_WAITING; i++) {
      var unused = bought("k" + i);
    }
    assertInstanceOf(Answer.Overloaded.class, await(bought("one-too-many")));
  }

  @Test
  void saysUnavailableWhenNobodyListensWhereTheLeaderShouldBe() {
    fixture.heard("n1", Role.LEADER, 1);
    assertInstanceOf(Answer.Unavailable.class, await(bought("k")));
  }

  @Test
  void saysUnknownWhenTheLeaderBreaks() throws Exception {
    BlockingQueue<Taken> taken = catalog("n1");
    fixture.heard("n1", Role.LEADER, 1);
    Future<Answer> answer = bought("k");
    next(taken).answer().fail("broken");
    assertInstanceOf(Answer.Unknown.class, await(answer));
  }
}
