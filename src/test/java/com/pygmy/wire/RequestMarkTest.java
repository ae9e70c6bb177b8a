package com.pygmy.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Command.PlaceOrder;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RequestMarkTest {

  private static final RequestMark NONE = new RequestMark(Optional.empty(), Optional.empty());

  @Test
  void isOnTheThreadForAsLongAsTheTask() {
    RequestMark outer = new RequestMark(Optional.of("r1"), Optional.of("k1"));
    RequestMark inner = new RequestMark(Optional.of("r2"), Optional.empty());
    outer.around(
        () -> {
          assertEquals(outer, RequestMark.current());
          inner.around(() -> assertEquals(inner, RequestMark.current()));
          assertEquals(outer, RequestMark.current());
        });
    assertEquals(NONE, RequestMark.current());
  }

  @Test
  void isGoneAfterATaskThatFails() {
    RequestMark mark = new RequestMark(Optional.of("r1"), Optional.empty());
    assertThrows(
        IllegalStateException.class,
        () ->
            mark.around(
                () -> {
                  throw new IllegalStateException("broken");
                }));
    assertEquals(NONE, RequestMark.current());
  }

  @Test
  void knowsTheKeyOfABuyAndOfNoMoreThanOneCommand() {
    PlaceOrder one = buy("k1");
    Optional<String> id = Optional.of("r1");
    RequestMark both = new RequestMark(id, Optional.of("k1"));
    assertEquals(both, RequestMark.of(id, new Message.Buy(one)));
    assertEquals(both, RequestMark.of(id, new Message.Submit(List.of(one))));
    RequestMark batch = RequestMark.of(id, new Message.Submit(List.of(one, buy("k2"))));
    assertEquals(new RequestMark(id, Optional.empty()), batch);
  }

  @Test
  void takesNoIdFromAnotherNodeThatCouldHarmALog() {
    for (String bad : List.of("", "two\nlines", "x".repeat(65))) {
      assertEquals(NONE, RequestMark.of(Optional.of(bad), new Message.FindOrder(1)));
    }
  }

  private static PlaceOrder buy(String key) {
    return new PlaceOrder(
        key, 0, new Purchase(List.of(new Line(new BookId(1), 1)), Optional.empty()));
  }
}
