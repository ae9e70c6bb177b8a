package com.pygmy.order;

import static com.pygmy.order.OrderFixture.STORE;
import static com.pygmy.order.OrderFixture.await;
import static com.pygmy.order.OrderFixture.buy;
import static com.pygmy.order.OrderFixture.sale;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Decision;
import com.pygmy.domain.Order;
import com.pygmy.domain.Origin;
import com.pygmy.domain.Outcome;
import com.pygmy.fuzz.Fuzz;
import com.pygmy.store.OrderLog;
import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.ReadSales;
import com.pygmy.wire.Message.Role;
import com.pygmy.wire.Message.SalesRead;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.RandomMessages;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One order replica with a real order log, against catalogs that say what a test wants. */
class OrderVerticleTest {

  private static final long ASK_MILLIS = 8_000;

  private final OrderFixture fixture = new OrderFixture();
  private final List<Order> sales = new CopyOnWriteArrayList<>();
  private volatile String storeId = STORE;
  private volatile Optional<Origin> origin = Optional.empty();
  private volatile long hidden;
  private volatile boolean answers = true;
  private OrderVerticle verticle;

  @TempDir Path folder;

  @AfterEach
  void close() {
    fixture.close();
  }

  private void start() {
    OrderLog log = await(OrderLog.open(fixture.vertx, folder.resolve("orders.db")));
    verticle = new OrderVerticle("n1", log, fixture.bus, fixture.directory, fixture.nanos::get);
    await(fixture.vertx.deployVerticle(verticle));
  }

  private void catalog(String name) {
    fixture.catalog(
        name,
        request ->
            answers
                ? Future.succeededFuture(answer((ReadSales) request))
                : Promise.<Message>promise().future());
    fixture.heard(name, Role.FOLLOWER, 1);
  }

  /** Like a catalog replica; an unconfirmed look may lag behind by {@code hidden} sales. */
  private Message answer(ReadSales request) {
    long head = sales.size() - (request.confirmed() ? 0 : hidden);
    List<Order> page =
        sales.stream()
            .filter(o -> o.number() > request.after() && o.number() <= head)
            .limit(request.limit())
            .toList();
    return new SalesRead(Optional.of(storeId), head, page, origin);
  }

  private void sell(long count) {
    LongStream.range(0, count).forEach(i -> sales.add(sale(sales.size() + 1)));
  }

  private Message ask(Message request) {
    return await(fixture.bus.ask(Service.ORDER, "n1", request, ASK_MILLIS));
  }

  private static void awaitUntil(BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not in time");
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Test
  void isNotReadyBeforeItHasEverySale() throws Exception {
    sell(1_234);
    start();
    assertFalse(verticle.state().ready());
    catalog("n1");
    awaitUntil(() -> verticle.state().ready());
    assertEquals(1_234, verticle.state().appliedIndex());
    assertEquals(Optional.of(STORE), verticle.state().storeId());
  }

  @Test
  void findsAnOrderTheMomentItWasConfirmed() throws Exception {
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    sell(700);
    Message found = ask(new Message.FindOrder(700));
    assertEquals(new Message.OrderFound(Optional.of(sales.get(699))), found);
  }

  @Test
  void knowsThatThereIsNoSuchOrderYet() throws Exception {
    sell(3);
    catalog("n1");
    start();
    assertEquals(new Message.OrderFound(Optional.empty()), ask(new Message.FindOrder(4)));
  }

  @Test
  void readsOnAnotherReplicaWhenTheOwnOneIsGone() throws Exception {
    sell(5);
    fixture.heard("n1", Role.FOLLOWER, 1);
    catalog("n2");
    start();
    awaitUntil(() -> verticle.state().ready());
    assertEquals(5, verticle.state().appliedIndex());
  }

  @Test
  void answersForOldOrdersWithoutAnyCatalog() throws Exception {
    sell(5);
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    fixture.left("n1");
    assertEquals(new Message.OrderFound(Optional.of(sales.get(4))), ask(new Message.FindOrder(5)));
    assertInstanceOf(Message.Unavailable.class, ask(new Message.FindOrder(6)));
  }

  @Test
  void stopsForGoodWhenTheCatalogIsAnotherStore() throws Exception {
    sell(5);
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    storeId = "store-2";
    awaitUntil(() -> !verticle.state().ready());
    assertTrue(verticle.state().detail().contains("store-2"), verticle.state().detail());
    storeId = STORE;
    sell(1);
    assertInstanceOf(Message.Unavailable.class, ask(new Message.FindOrder(6)));
  }

  @Test
  void saysThatTheCatalogWasRestoredFromABackUpOfItsStoreAndTellsNothingOfThatPast()
      throws Exception {
    sell(5);
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    sales.remove(4);
    origin = Optional.of(new Origin("base", STORE, 3, 77, 4));
    storeId = "store-2";
    awaitUntil(() -> !verticle.state().ready());
    assertEquals(
        "the catalog's store store-2 was restored from a back-up of this order log's store "
            + STORE
            + " as of order 4, and this log has 5: stop this node, move its order folder away,"
            + " and start it again",
        verticle.state().detail());
    assertInstanceOf(Message.Unavailable.class, ask(new Message.FindOrder(5)));
    assertInstanceOf(
        Message.Unavailable.class, ask(new Message.ListOrders(Optional.empty(), 0, 10)));
    assertInstanceOf(Message.Unavailable.class, ask(new Message.Buy(buy("k1", 1))));
  }

  @Test
  void tellsNothingAfterAStartBeforeTheCatalogHasAgreedToIt() throws Exception {
    sell(5);
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    await(fixture.vertx.undeploy(verticle.deploymentID()));
    storeId = "store-2";
    start();
    assertInstanceOf(Message.Unavailable.class, ask(new Message.FindOrder(5)));
  }

  @Test
  void tellsNothingAsSoonAsALeaderOfAnotherStoreIsHeard() throws Exception {
    sell(5);
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    answers = false; // what the sale stream would say comes too late
    Answer decided = new Answer.Unavailable("the restored store was asked");
    fixture.catalog(
        "n2",
        request ->
            request instanceof Message.Submit
                ? Future.succeededFuture(new Message.Submitted(List.of(decided)))
                : Promise.<Message>promise().future());
    fixture.heard("n2", Role.LEADER, 9, "store-2");
    assertEquals(new Message.Bought(decided), ask(new Message.Buy(buy("key-1", 1))));
    assertInstanceOf(Message.Unavailable.class, ask(new Message.FindOrder(5)));
  }

  @Test
  void stopsForGoodWhenTheCatalogHasFewerSalesThanItself() throws Exception {
    sell(5);
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    sales.remove(4);
    assertInstanceOf(Message.Unavailable.class, ask(new Message.FindOrder(6)));
    assertFalse(verticle.state().ready());
  }

  @Test
  void answersARetryOfASaleThatItHolds() throws Exception {
    sell(1);
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    Message again = ask(new Message.Buy(buy("key-1", 1)));
    Decision replay = new Decision.Decided(new Outcome.Sold(sales.get(0)), true);
    assertEquals(new Message.Bought(new Answer.Decided(0, replay)), again);
    Message other = ask(new Message.Buy(buy("key-1", 2)));
    assertEquals(new Message.Bought(new Answer.Decided(0, new Decision.KeyConflict())), other);
  }

  @Test
  void givesBackWhatItHasNotSentWhenItStops() throws Exception {
    start(); // and no leader is known
    Future<Message> waiting =
        fixture.bus.ask(Service.ORDER, "n1", new Message.Buy(buy("k", 1)), ASK_MILLIS);
    await(fixture.bus.ask(Service.ORDER, "n1", new Message.FindOrder(1), ASK_MILLIS));
    await(fixture.vertx.undeploy(verticle.deploymentID()));
    Message.Bought given = assertInstanceOf(Message.Bought.class, await(waiting));
    assertInstanceOf(Answer.Unavailable.class, given.answer());
  }

  @Test
  void listsOrdersPageByPage() throws Exception {
    sell(5);
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().ready());
    Message first = ask(new Message.ListOrders(Optional.empty(), 0, 3));
    assertEquals(new Message.OrdersListed(sales.subList(0, 3), true), first);
    Message rest = ask(new Message.ListOrders(Optional.empty(), 3, 3));
    assertEquals(new Message.OrdersListed(sales.subList(3, 5), false), rest);
    Message nobody = ask(new Message.ListOrders(Optional.of("ada"), 0, 3));
    assertEquals(new Message.OrdersListed(List.of(), false), nobody);
  }

  @Test
  void doesNotTakeALaggingReplicasWordForTheHead() throws Exception {
    sell(10);
    hidden = 4;
    catalog("n1");
    start();
    awaitUntil(() -> verticle.state().appliedIndex() == 10);
    sell(1);
    assertEquals(
        new Message.OrderFound(Optional.of(sales.get(10))), ask(new Message.FindOrder(11)));
  }

  @Test
  void itAnswersWhateverItIsSentAndWhateverCatalogsTell() {
    RandomMessages messages = new RandomMessages(Fuzz.random());
    fixture.catalog("n1", request -> Future.succeededFuture(messages.next()));
    fixture.heard("n1", Role.LEADER, 1);
    start();
    for (int i = Fuzz.inputs(500); i > 0; i--) {
      Message request = messages.next();
      fixture.bus.publish(Addresses.SALES, request);
      if (!(request instanceof Message.Buy)) {
        await(fixture.bus.ask(Service.ORDER, "n1", request, ASK_MILLIS).otherwiseEmpty());
      }
    }
    await(fixture.bus.ask(Service.ORDER, "n1", new Message.Buy(buy("k", 1)), ASK_MILLIS));
  }
}
