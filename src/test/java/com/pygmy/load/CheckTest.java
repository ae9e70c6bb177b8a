package com.pygmy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cli.Answer;
import com.pygmy.load.Verdict.Fine;
import com.pygmy.load.Verdict.Mismatch;
import com.pygmy.load.Verdict.Refused;
import com.pygmy.load.Verdict.Unanswered;
import com.pygmy.load.Verdict.Unexpected;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckTest {

  private static final Basket BASKET = new Basket(2, 3, "k-1");

  private static final String RECEIPT =
      """
      {"number":17,"key":"k-1","items":[{"book":2,"quantity":3,"priceCents":2499}],
       "totalCents":7497,"at":"2026-01-02T03:04:05Z"}\
      """;

  private static Answer said(int status, String body) {
    return new Answer.Said(status, body, false);
  }

  private static JsonObject receipt() {
    return new JsonObject(RECEIPT);
  }

  @Test
  void theReceiptOfWhatWasBoughtIsFine() {
    assertEquals(new Fine(receipt()), Check.receipt(said(201, RECEIPT), BASKET));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"key\":\"k-1\" > \"key\":\"k-2\"",
        "\"number\":17 > \"number\":0",
        "\"number\":17 > \"number\":\"x\"",
        "\"book\":2 > \"book\":3",
        "\"quantity\":3 > \"quantity\":2",
        "\"totalCents\":7497 > \"totalCents\":7498",
        "\"priceCents\":2499 > \"priceCents\":2500",
        "[{ > [{},{",
        "\"items\" > \"things\"",
      })
  void aReceiptOfAnythingElseIsAMismatch(String change) {
    List<String> fromTo = List.of(change.split(" > ", -1));
    String wrong = RECEIPT.replace(fromTo.get(0), fromTo.get(1));
    assertInstanceOf(Mismatch.class, Check.receipt(said(201, wrong), BASKET), wrong);
  }

  @Test
  void onlyTheRefusalForWantOfUnitsIsDeserved() {
    assertEquals(
        new Refused(),
        Check.receipt(said(409, "{\"type\":\"/problems/out-of-stock\",\"books\":[]}"), BASKET));
    assertInstanceOf(
        Unexpected.class,
        Check.receipt(said(422, "{\"type\":\"/problems/key-conflict\"}"), BASKET));
    assertInstanceOf(
        Unexpected.class, Check.receipt(said(409, "{\"type\":\"/problems/shelf-full\"}"), BASKET));
  }

  @Test
  void anOrderReadByNumberNeedNotShowItsKeyAndByKeyMust() {
    JsonObject stranger = receipt();
    Object unused = stranger.remove("key");
    assertInstanceOf(Fine.class, Check.order(said(200, stranger.encode()), receipt(), false));
    assertInstanceOf(Mismatch.class, Check.order(said(200, stranger.encode()), receipt(), true));
    assertInstanceOf(Fine.class, Check.order(said(200, RECEIPT), receipt(), true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"number", "key", "items", "totalCents", "at"})
  void anyFieldThatDiffersIsAMismatchThatNamesIt(String field) {
    JsonObject read = receipt().put(field, "other");
    Verdict byKey = Check.order(said(200, read.encode()), receipt(), true);
    assertTrue(byKey instanceof Mismatch wrong && wrong.what().contains(field), byKey::toString);
    assertEquals(1, Check.differences(receipt(), read, false).size(), "also when it is shown");
  }

  @Test
  void aCustomerWhomNobodyNamedIsAMismatch() {
    JsonObject read = receipt().put("customer", "eve");
    assertEquals(List.of("customer is eve, not null"), Check.differences(receipt(), read, true));
  }

  @Test
  void aConfirmedOrderThatCannotBeFoundIsAMismatch() {
    assertInstanceOf(
        Mismatch.class,
        Check.order(said(404, "{\"type\":\"/problems/unknown-order\"}"), receipt(), false));
  }

  @Test
  void aBookIsTheOneThatWasAskedForAndItsStockIsNotNegative() {
    assertInstanceOf(Fine.class, Check.book(said(200, "{\"id\":2,\"stock\":0}"), 2));
    assertInstanceOf(Mismatch.class, Check.book(said(200, "{\"id\":3,\"stock\":0}"), 2));
    assertInstanceOf(Mismatch.class, Check.book(said(200, "{\"id\":2,\"stock\":-1}"), 2));
    assertInstanceOf(Mismatch.class, Check.book(said(200, "{\"id\":2}"), 2));
  }

  @Test
  void whatIsNoJsonOrNoGoodStatusIsUnexpected() {
    assertInstanceOf(Unexpected.class, Check.book(said(200, "<html>"), 2));
    assertInstanceOf(Unexpected.class, Check.book(said(404, "{}"), 2));
    assertInstanceOf(Unexpected.class, Check.receipt(said(200, RECEIPT), BASKET));
    assertInstanceOf(Unexpected.class, Check.order(said(302, ""), receipt(), true));
  }

  @Test
  void nobodysAnswerIsNoAnswer() {
    assertEquals(new Unanswered("why"), Check.book(new Answer.Unavailable("why"), 2));
    assertEquals(new Unanswered("why"), Check.receipt(new Answer.Unknown("why"), BASKET));
  }
}
