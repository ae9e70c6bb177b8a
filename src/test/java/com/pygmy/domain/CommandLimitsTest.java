package com.pygmy.domain;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Book.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the constructors let through, {@link Catalog#apply} decides without an exception. */
class CommandLimitsTest {
  private static final int COMMANDS = 4_000;
  private static final long[] EXTREMES = {
    Long.MIN_VALUE,
    Integer.MIN_VALUE,
    -1,
    0,
    1,
    2,
    1_000,
    1_001,
    1_000_000,
    1_000_001,
    100_000_000,
    100_000_001,
    1_000_000_000,
    1_000_000_001,
    Integer.MAX_VALUE,
    Long.MAX_VALUE
  };

  private Random random;

  static LongStream seeds() {
    return Seeds.of(8);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void applyNeverThrowsWithNumbersAtTheirLimits(long seed) {
    random = new Random(seed);
    ReferenceStore store = new ReferenceStore();
    int applied = 0;
    long index = -1;
    for (int i = 0; i < COMMANDS; i++) {
      Optional<Command> command = constructed();
      if (command.isPresent()) {
        index = Math.max(index, random.nextInt(5) == 0 ? index + 1 : index);
        long at = index;
        assertDoesNotThrow(() -> store.apply(at, command.get()), () -> Seeds.replay(seed));
        applied++;
      }
    }
    assertTrue(applied > COMMANDS / 10, "only " + applied + " commands got through");
    for (Book book : store.books()) {
      assertTrue(book.stock() >= 0 && book.stock() <= Limits.MAX_STOCK, Seeds.replay(seed));
    }
  }

  /** A command of extreme values, if the constructors let it through. */
  private Optional<Command> constructed() {
    try {
      return Optional.of(extreme("key-" + random.nextInt(2_000)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Command extreme(String key) {
    return switch (random.nextInt(6)) {
      case 0 ->
          new Command.PlaceOrder(key, number(), new Purchase(some(this::line), Optional.empty()));
      case 1 -> new Command.AddBooks(key, number(), some(this::newBook), random.nextBoolean());
      case 2 -> new Command.ReviseBook(key, number(), id(), maybe(this::number), revision());
      case 3 -> new Command.Restock(key, number(), some(this::line));
      case 4 ->
          new Command.RestockTo(key, number(), maybe(this::integer), integer(), some(this::id));
      default -> new Command.FoundStore(key, "store");
    };
  }

  private NewBook newBook() {
    return new NewBook(maybe(this::id), text(), text(), "t", number(), integer());
  }

  private Revision revision() {
    return new Revision(
        maybe(this::number),
        maybe(this::integer),
        maybe(this::text),
        maybe(this::text),
        Optional.empty());
  }

  private Line line() {
    return new Line(id(), integer());
  }

  private BookId id() {
    return random.nextInt(4) == 0 ? new BookId(integer()) : new BookId(1 + random.nextInt(3));
  }

  private String text() {
    return random.nextBoolean() ? "x" : "x".repeat(Limits.MAX_TITLE_CHARS);
  }

  private long number() {
    return EXTREMES[random.nextInt(EXTREMES.length)];
  }

  private int integer() {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number()));
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private <T> List<T> some(Supplier<T> value) {
    List<T> values = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      values.add(value.get());
    }
    return values;
  }

  @Test
  void aHoleInACommandIsFoundWhenItIsMade() {
    Class<NullPointerException> hole = NullPointerException.class;
    BookId book = new BookId(1);
    assertThrows(hole, () -> new Command.PlaceOrder("k", 0, null));
    assertThrows(hole, () -> new Command.ReviseBook("k", 0, null, Optional.empty(), null));
    assertThrows(hole, () -> new Command.ReviseBook("k", 0, book, Optional.empty(), null));
    assertThrows(hole, () -> new Command.RestockTo("k", 0, null, 0, List.of(book)));
    assertThrows(hole, () -> new Line(null, 1));
    assertThrows(hole, () -> new NewBook(null, "t", "a", "t", 1, 1));
    assertThrows(hole, () -> new Purchase(List.of(new Line(book, 1)), null));
  }

  @Test
  void textIsWellFormedUnicodeWithoutControls() {
    assertTrue(Limits.isText("Über Bücher \uD83D\uDCDA", 100));
    for (String bad :
        List.of(
            "",
            " ",
            "a\u0000b",
            "a\nb",
            "a\u001fb",
            "\uD83D",
            "a\uD83D",
            "\uDCDAa",
            "\uDCDA\uD83D",
            "a\u0085")) {
      assertFalse(Limits.isText(bad, 100), () -> "accepted " + bad.codePoints().boxed().toList());
    }
    assertTrue(Limits.isText("x".repeat(100), 100));
    assertFalse(Limits.isText("x".repeat(101), 100));
  }

  @Test
  void aKeyIsOneTo64VisibleAsciiCharacters() {
    assertTrue(Limits.isKey("!~" + "x".repeat(62)));
    for (String bad : List.of("", " ", "a b", "é", "x".repeat(65), "\u007f", "a\t")) {
      assertFalse(Limits.isKey(bad));
    }
  }

  @Test
  void aPurchaseHoldsItsBounds() {
    Class<IllegalArgumentException> bound = IllegalArgumentException.class;
    List<Line> twenty = new ArrayList<>();
    for (int i = 1; i <= Limits.MAX_LINES; i++) {
      twenty.add(new Line(new BookId(i), Limits.MAX_QUANTITY));
    }
    assertEquals(Limits.MAX_LINES, new Purchase(twenty, Optional.empty()).lines().size());
    List<Line> more = new ArrayList<>(twenty);
    more.add(new Line(new BookId(99), 1));
    assertThrows(bound, () -> new Purchase(more, Optional.empty()));
    assertThrows(bound, () -> new Purchase(List.of(), Optional.empty()));
    List<Line> merged = List.of(new Line(new BookId(1), 600), new Line(new BookId(1), 401));
    assertThrows(bound, () -> new Purchase(merged, Optional.empty()));
  }
}
