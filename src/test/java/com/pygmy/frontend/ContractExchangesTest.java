package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.TOKEN;
import static com.pygmy.frontend.FrontendFixture.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.pygmy.domain.Decision;
import com.pygmy.domain.Limits;
import com.pygmy.domain.Outcome;
import com.pygmy.frontend.Contract.Operation;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Answer;
import com.pygmy.wire.Message.MembersAnswer;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.Message.Voter;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A frontend under everything that the contract speaks of. Every answer must be as documented, and
 * every documented answer, of each operation, status and problem type, must have been given.
 */
class ContractExchangesTest {

  /** The key of the examples. */
  private static final String KEY = "1f0d6a4e";

  private static final int BOOK = 7;
  private static final int SOLD_OUT = 8;
  private static final int FULL = 9;
  private static final int UNKNOWN = 5;
  private static final Voter N4 = new Voter("n4", "127.0.0.1", 9084);

  private final Contract contract = Contract.read();
  private final List<Operation> operations = contract.operations();
  private final AnswerCheck check = new AnswerCheck(contract);
  private final Set<String> seen = new TreeSet<>();

  @TestFactory
  Stream<DynamicTest> answersAreDocumentedAndDocumentedAnswersAreGiven() {
    return Stream.of(
            operations.stream()
                .map(one -> dynamicTest(one.id() + " takes its examples", () -> examples(one))),
            operations.stream()
                .map(one -> dynamicTest(one.id() + " refuses what is wrong", () -> wrong(one))),
            Stream.of(
                dynamicTest("what is not there", this::unknown),
                dynamicTest("what cannot be done", this::refused),
                dynamicTest("files of each kind", this::files),
                dynamicTest("members come and go", this::members),
                dynamicTest("too many wrong tokens", this::wrongTokens),
                dynamicTest("too many buys", this::tooManyBuys),
                dynamicTest("no replica is there", this::noReplicas),
                dynamicTest("it is about to stop", this::leaving),
                dynamicTest("there is too much to do", this::overloaded),
                dynamicTest("nobody knows what became of it", this::outcomeUnknown),
                dynamicTest("a defect", this::internal),
                dynamicTest("what is no request for an operation", this::anywhere),
                dynamicTest(
                    "nothing is documented that was not seen",
                    () -> assertEquals(lines(check.documented()), lines(seen)))))
        .flatMap(tests -> tests);
  }

  private void examples(Operation operation) {
    try (FrontendFixture shop = shop(settings())) {
      if (operation.isRead()) {
        shop.store.sell(BOOK, KEY); // to be found by its key, and as the first order
      }
      for (ContractRequest request : ContractRequest.all(contract, operation)) {
        String answer = ask(shop, operation, request);
        assertFalse(answer.endsWith(" invalid"), "an example is not valid: " + request.text());
      }
      if (operation.isRead()) {
        ContractRequest request = ContractRequest.of(contract, operation);
        check.checkHead(operation, send(shop, request.by("HEAD")));
        String tag = send(shop, request).headers().get("ETag");
        if (tag != null) {
          ask(shop, operation, request.with("If-None-Match", tag));
        }
      }
    }
  }

  private void wrong(Operation operation) {
    try (FrontendFixture shop = shop(settings())) {
      ContractRequest request = ContractRequest.of(contract, operation);
      ask(shop, operation, request.byAStranger());
      ask(shop, operation, request.asking("nonsense", "1"));
      ask(shop, operation, request.to(request.uri() + "?%zz"));
      ask(shop, operation, request.with("Idempotency-Key", "two words"));
      if (!operation.bodies().isEmpty()) {
        ask(shop, operation, request.with("Content-Type", "text/plain"));
        ask(shop, operation, request.with("Content-Length", "20000"));
        ask(shop, operation, request.with("Content-Length", "5000")); // it never comes
        ask(shop, operation, request.withBody("{"));
        ask(shop, operation, request.withBody("{}"));
      }
      if (operation.takesAKey()) {
        shop.send(
            HttpMethod.POST,
            "/books/" + BOOK + "/restock",
            "{\"quantity\":1}",
            r -> r.bearerTokenAuthentication(TOKEN).putHeader("Idempotency-Key", "other"));
        ask(shop, operation, request.with("Idempotency-Key", "other"));
        shop.store.announce(Service.CATALOG, "n1", true);
        shop.store.leap(); // the log runs on while the attempt is under way
        ask(shop, operation, request.with("Idempotency-Key", KEY));
      }
    }
  }

  private void unknown() {
    try (FrontendFixture shop = shop(settings())) {
      for (Operation operation : operations) {
        if (operation.template().contains("{id}")) {
          ask(shop, operation.id(), r -> r.to(operation.template().replace("{id}", "" + UNKNOWN)));
        }
      }
      ask(shop, "placeOrder", r -> r.withBody(order(UNKNOWN)).with("Idempotency-Key", KEY));
      ask(shop, "findOrders", r -> r.asking("key", KEY));
      ask(shop, "findOrders", r -> r.asking("key", "never-used"));
      ask(shop, "readOrder", r -> r.to("/orders/999"));
      ask(shop, "removeReplica", r -> r.to("/cluster/replicas/nobody"));
      ask(shop, "asset", r -> r.to("/assets/nothing.css"));
      ask(shop, "problem", r -> r.to("/problems/nothing"));
    }
  }

  private void refused() {
    try (FrontendFixture shop = shop(settings())) {
      ask(shop, "placeOrder", r -> r.withBody(order(SOLD_OUT)).with("Idempotency-Key", KEY));
      ask(shop, "placeOrder", r -> r.withBody(order(SOLD_OUT)).with("Idempotency-Key", KEY));
      ask(shop, "findOrders", r -> r.asking("key", KEY));
      ask(shop, "buy", r -> r.to("/buy/" + SOLD_OUT));
      ask(shop, "restockBook", r -> r.to("/books/" + FULL + "/restock"));
      ask(shop, "addBooks", r -> r.withBody(described("Another Title")));
      ask(shop, "addBooks", r -> r.withBody(described("Book 7")));
    }
  }

  private void files() {
    try (FrontendFixture shop = shop(settings())) {
      ask(shop, "asset", r -> r.to("/assets/shop.js"));
      ask(shop, "asset", r -> r.to("/assets/icon.svg"));
    }
  }

  private void members() {
    for (MembersAnswer answer :
        List.of(
            new MembersAnswer.UnderWay(List.of(N4)),
            new MembersAnswer.Refused("n4 is the last member"),
            new MembersAnswer.Unavailable("no majority"),
            new MembersAnswer.Unknown("the leader changed"))) {
      Message told = new Message.MembersAnswered(answer);
      try (FrontendFixture shop = shop(settings())) {
        shop.await(
            shop.store.replica(Service.CATALOG, "n2", request -> Future.succeededFuture(told)));
        shop.store.elect("n2", 9);
        ask(shop, "addReplica", r -> r);
        ask(shop, "removeReplica", r -> r);
      }
    }
  }

  private void wrongTokens() {
    try (FrontendFixture shop = shop(settings())) {
      ContractRequest guess = ContractRequest.of(contract, operation("findOrders"));
      for (int i = 0; i < ClientLimits.WRONG_TOKENS; i++) {
        send(shop, guess.with("Authorization", "Bearer wrong"));
      }
      askAll(shop, operations);
    }
  }

  private void tooManyBuys() {
    try (FrontendFixture shop = new FrontendFixture()) {
      shop.limitBuys(1);
      open(shop, settings());
      ask(shop, "buy", r -> r);
      ask(shop, "buy", r -> r);
      ask(shop, "placeOrder", r -> r);
    }
  }

  private void noReplicas() {
    try (FrontendFixture shop = new FrontendFixture()) {
      shop.start(settings());
      // Members are asked for by the second: see members().
      askAll(shop, operations.stream().filter(o -> !o.id().endsWith("Replica")).toList());
    }
  }

  private void leaving() {
    try (FrontendFixture shop = shop(settings())) {
      shop.leaving.set(true);
      askAll(shop, operations);
    }
  }

  private void overloaded() {
    try (FrontendFixture shop = shop(settings().withMaxInFlight(0))) {
      askAll(shop, operations);
    }
  }

  private void outcomeUnknown() {
    try (FrontendFixture shop = shop(settings())) {
      Answer unknown = new Answer.Unknown("the leader changed");
      shop.await(
          shop.store.replica(
              Service.CATALOG,
              "n2",
              request -> Future.succeededFuture(new Message.Submitted(List.of(unknown)))));
      shop.await(
          shop.store.replica(
              Service.ORDER, "n2", request -> Future.succeededFuture(new Message.Bought(unknown))));
      shop.store.elect("n2", 9);
      shop.store.announce(Service.CATALOG, "n1", false);
      shop.store.announce(Service.ORDER, "n1", false);
      askAll(shop, operations.stream().filter(Operation::takesAKey).toList());
    }
  }

  private void internal() {
    Decision nonsense = new Decision.Decided(new Outcome.Founded("store"), false);
    Message bought = new Message.Bought(new Answer.Decided(1, nonsense));
    try (FrontendFixture shop = shop(settings())) {
      shop.await(
          shop.store.replica(Service.ORDER, "n2", request -> Future.succeededFuture(bought)));
      shop.store.announce(Service.ORDER, "n1", false);
      ask(shop, "placeOrder", r -> r);
    }
  }

  private void anywhere() {
    try (FrontendFixture shop = shop(settings())) {
      ask(shop, "readBook", r -> r.to("/nothing"));
      ask(shop, "readBook", r -> r.by("PUT"));
      ask(shop, "readBook", r -> r.to("/search/%zz"));
      ask(shop, "readBook", r -> r.asking("x", "x".repeat(17_000)));
      ask(shop, "readBook", r -> r.with("X", "x".repeat(9_000)));
    }
  }

  // ---- asking

  private void askAll(FrontendFixture shop, List<Operation> some) {
    some.forEach(operation -> ask(shop, operation, ContractRequest.of(contract, operation)));
  }

  private void ask(FrontendFixture shop, String id, Change change) {
    Operation operation = operation(id);
    ask(shop, operation, change.of(ContractRequest.of(contract, operation)));
  }

  /** Tells which of the documented answers it was. */
  private String ask(FrontendFixture shop, Operation operation, ContractRequest request) {
    RawAnswer answer = send(shop, request);
    try {
      String name = check.check(operation, answer);
      seen.add(name);
      return name;
    } catch (AssertionError e) {
      String asked = request.text().lines().findFirst().orElse("");
      throw new AssertionError(
          operation.id() + ": the answer to " + asked + " " + e.getMessage() + "\n" + answer, e);
    }
  }

  private static RawAnswer send(FrontendFixture shop, ContractRequest request) {
    return RawAnswer.of(new RawClient(shop.port()).exchange(request.text()));
  }

  /** Makes of the request that the examples give another one. */
  private interface Change {
    ContractRequest of(ContractRequest request);
  }

  private Operation operation(String id) {
    return operations.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
  }

  private static String order(int book) {
    return "{\"items\":[{\"book\":" + book + ",\"quantity\":1}]}";
  }

  private static String described(String title) {
    return "{\"id\":7,\"title\":\""
        + title
        + "\",\"author\":\"An Author\",\"topic\":\"graduate-school\",\"priceCents\":1250,"
        + "\"stock\":1}";
  }

  private static String lines(Set<String> names) {
    return String.join("\n", names);
  }

  // ---- the shop

  private static FrontendFixture shop(FrontendSettings settings) {
    FrontendFixture shop = new FrontendFixture();
    open(shop, settings);
    return shop;
  }

  private static void open(FrontendFixture shop, FrontendSettings settings) {
    shop.start(settings);
    shop.await(shop.store.replica(Service.CATALOG, "n1", r -> answer(shop.store, r)));
    shop.await(shop.store.replica(Service.ORDER, "n1"));
    shop.store
        .book(BOOK, "Book 7", "graduate-school", 1250, 10)
        .book(SOLD_OUT, "Book 8", "distributed-systems", 2500, 0)
        .book(FULL, "Book 9", "distributed-systems", 2500, Limits.MAX_STOCK);
    shop.await(shop.store.answer(new Message.AddMember(N4)));
  }

  /** A replica that also gives a copy of its database: of one byte. */
  private static Future<Message> answer(FakeStore store, Message request) {
    if (request instanceof Message.OpenBackup) {
      return Future.succeededFuture(new Message.BackupOpened("b", 1, "00".repeat(32)));
    } else if (request instanceof Message.ReadBackup || request instanceof Message.CloseBackup) {
      int bytes = request instanceof Message.ReadBackup ? 1 : 0;
      return Future.succeededFuture(new Message.BackupRead(Buffer.buffer(new byte[bytes])));
    }
    return store.answer(request);
  }
}
