package com.pygmy.load;

import com.pygmy.cli.Answer;
import com.pygmy.load.Verdict.Fine;
import com.pygmy.load.Verdict.Mismatch;
import com.pygmy.load.Verdict.Refused;
import com.pygmy.load.Verdict.Unanswered;
import com.pygmy.load.Verdict.Unexpected;
import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.ProblemType;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Holds answers against what a customer knows. Pure. */
final class Check {

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int CONFLICT = 409;
  private static final int SHOWN = 300;

  /** The fields of an order. Key and customer are told to those only who ask by the key. */
  private static final List<String> OPEN_FIELDS =
      List.of(JsonKeys.NUMBER, JsonKeys.ITEMS, JsonKeys.TOTAL_CENTS, JsonKeys.AT);

  private static final List<String> OWNERS_FIELDS = List.of(JsonKeys.KEY, JsonKeys.CUSTOMER);

  /** The book that was asked for, with a stock that can be. */
  static Verdict book(Answer answer, int id) {
    return said(
        answer,
        OK,
        body -> {
          List<String> wrong = new ArrayList<>();
          differs(wrong, JsonKeys.ID, (long) id, number(body, JsonKeys.ID));
          if (number(body, JsonKeys.STOCK) < 0) {
            wrong.add("stock is " + body.getValue(JsonKeys.STOCK));
          }
          return verdict(wrong, body, "book " + id);
        });
  }

  /** The order that was asked for, reckoned right; or a refusal for want of units. */
  static Verdict receipt(Answer answer, Basket basket) {
    if (isOutOfStock(answer)) {
      return new Refused();
    }
    return said(
        answer, CREATED, body -> verdict(receiptFaults(body, basket), body, "buy " + basket.key()));
  }

  private static List<String> receiptFaults(JsonObject body, Basket basket) {
    List<String> wrong = new ArrayList<>();
    differs(wrong, JsonKeys.KEY, basket.key(), body.getValue(JsonKeys.KEY));
    if (number(body, JsonKeys.NUMBER) < 1) {
      wrong.add("number is " + body.getValue(JsonKeys.NUMBER));
    }
    JsonArray items = body.getValue(JsonKeys.ITEMS) instanceof JsonArray array ? array : null;
    if (items == null || items.size() != 1 || !(items.getValue(0) instanceof JsonObject line)) {
      wrong.add("items are " + body.getValue(JsonKeys.ITEMS));
      return wrong;
    }
    differs(wrong, JsonKeys.BOOK, (long) basket.book(), number(line, JsonKeys.BOOK));
    differs(wrong, JsonKeys.QUANTITY, (long) basket.quantity(), number(line, JsonKeys.QUANTITY));
    long price = number(line, JsonKeys.PRICE_CENTS);
    differs(
        wrong, JsonKeys.TOTAL_CENTS, price * basket.quantity(), number(body, JsonKeys.TOTAL_CENTS));
    return wrong;
  }

  /**
   * The order of a receipt, read again. That it cannot be found is a mismatch too: it was
   * confirmed.
   *
   * @param byKey was it asked for by its key? Then everything must be shown
   */
  static Verdict order(Answer answer, JsonObject receipt, boolean byKey) {
    String what = "order " + receipt.getValue(JsonKeys.NUMBER);
    if (problem(answer).equals(Optional.of(ProblemType.UNKNOWN_ORDER))) {
      return new Mismatch(what + " was confirmed and cannot be found");
    }
    return said(answer, OK, body -> verdict(differences(receipt, body, byKey), body, what));
  }

  /** What is not the same in an order and its receipt, field by field. */
  static List<String> differences(JsonObject receipt, JsonObject read, boolean byKey) {
    List<String> wrong = new ArrayList<>();
    OPEN_FIELDS.forEach(
        field -> differs(wrong, field, receipt.getValue(field), read.getValue(field)));
    OWNERS_FIELDS.stream()
        .filter(field -> byKey || read.containsKey(field))
        .forEach(field -> differs(wrong, field, receipt.getValue(field), read.getValue(field)));
    return wrong;
  }

  private static void differs(List<String> wrong, String field, Object expected, Object found) {
    if (!Objects.equals(expected, found)) {
      wrong.add(field + " is " + found + ", not " + expected);
    }
  }

  private static long number(JsonObject body, String field) {
    return body.getValue(field) instanceof Number number ? number.longValue() : -1;
  }

  private static Verdict verdict(List<String> wrong, JsonObject body, String what) {
    return wrong.isEmpty() ? new Fine(body) : new Mismatch(what + ": " + String.join("; ", wrong));
  }

  private static Verdict said(Answer answer, int status, Function<JsonObject, Verdict> judge) {
    if (answer instanceof Answer.Said said) {
      return said.status() == status
          ? json(said).map(judge).orElseGet(() -> new Unexpected("no JSON: " + shown(said)))
          : new Unexpected("status " + said.status() + ": " + shown(said));
    }
    return new Unanswered(
        answer instanceof Answer.Unknown unknown
            ? unknown.why()
            : ((Answer.Unavailable) answer).why());
  }

  private static boolean isOutOfStock(Answer answer) {
    return answer instanceof Answer.Said said
        && said.status() == CONFLICT
        && problem(answer).equals(Optional.of(ProblemType.OUT_OF_STOCK));
  }

  private static Optional<ProblemType> problem(Answer answer) {
    return answer instanceof Answer.Said said && !said.isFine()
        ? json(said)
            .filter(body -> body.getValue(JsonKeys.TYPE) instanceof String)
            .flatMap(body -> ProblemType.ofUri(body.getString(JsonKeys.TYPE)))
        : Optional.empty();
  }

  private static Optional<JsonObject> json(Answer.Said said) {
    try {
      return Optional.of(new JsonObject(said.body()));
    } catch (DecodeException notJson) {
      return Optional.empty();
    }
  }

  private static String shown(Answer.Said said) {
    String body = said.body();
    return body.length() <= SHOWN ? body : body.substring(0, SHOWN) + " ...";
  }

  private Check() {}
}
