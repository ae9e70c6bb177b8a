package com.pygmy.wire.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestJsonTest {

  @Test
  void readsAPurchaseInCanonicalForm() {
    Parsed<Purchase> parsed =
        RequestJson.purchase(
            Buffer.buffer(
                "{\"customer\":\"Ada\",\"items\":[{\"book\":2,\"quantity\":1},"
                    + "{\"quantity\":2,\"book\":1},{\"book\":2,\"quantity\":3}]}"));
    assertEquals(
        new Parsed.Valid<>(
            new Purchase(
                List.of(new Line(new BookId(1), 2), new Line(new BookId(2), 4)),
                Optional.of("Ada"))),
        parsed);
  }

  @Test
  void addsUpTheLinesOfABook() {
    String line = "{\"book\":1,\"quantity\":501}";
    Parsed.Invalid<?> invalid = invalid("{\"items\":[" + line + "," + line + "]}");
    assertEquals(List.of(new FieldError("$", "quantity is 1 to 1000, not 1002")), invalid.errors());
  }

  @Test
  void takesAtMostTwentyLines() {
    String line = "{\"book\":1,\"quantity\":1}";
    assertInstanceOf(
        Parsed.Valid.class,
        RequestJson.purchase(
            Buffer.buffer("{\"items\":[" + line + ("," + line).repeat(19) + "]}")));
    assertEquals(
        "must have 1 to 20 items",
        invalid("{\"items\":[" + line + ("," + line).repeat(20) + "]}").errors().get(0).message());
  }

  @Test
  void tellsNoMoreThanAHundredErrors() {
    StringBuilder many = new StringBuilder("{\"x0\":0");
    for (int i = 1; i < 1_000; i++) {
      many.append(",\"x").append(i).append("\":0");
    }
    assertEquals(RequestJson.MAX_ERRORS, invalid(many.append('}').toString()).errors().size());
  }

  @Test
  void neverWorksOutAHugeNumber() {
    for (String number :
        List.of("1e999999999", "9".repeat(900), "-0.1", "1.0", "9223372036854775808")) {
      assertEquals(
          "must be an integer",
          invalid("{\"items\":[{\"book\":" + number + ",\"quantity\":1}]}")
              .errors()
              .get(0)
              .message());
    }
  }

  @Test
  void buildsPathsFromParameters() {
    assertEquals("/books/7/restock", Route.RESTOCK_BOOK.path(7));
    assertEquals("/search/a%2Fb%20c", Route.SEARCH.path("a/b c"));
    assertThrows(IllegalArgumentException.class, () -> Route.SEARCH.path());
    assertThrows(IllegalArgumentException.class, () -> Route.CLUSTER.path(1));
  }

  @Test
  void findsProblemTypesByTheirUri() {
    for (ProblemType type : ProblemType.values()) {
      assertEquals(Optional.of(type), ProblemType.ofUri("/problems/" + type.slug()));
    }
    assertEquals(Optional.empty(), ProblemType.ofUri("/problems/other"));
  }

  private static Parsed.Invalid<?> invalid(String body) {
    return assertInstanceOf(Parsed.Invalid.class, RequestJson.purchase(Buffer.buffer(body)));
  }
}
