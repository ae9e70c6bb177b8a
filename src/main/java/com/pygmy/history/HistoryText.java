package com.pygmy.history;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A history as text, UTF-8, one line each:
 *
 * <pre>
 * pygmy-history 1
 * book 7 stock 10 price 799 version 1
 * 3 7 1000 2000 buy 2 -> sold price 799
 * 4 7 1500 1900 read -> seen stock 8 price 799 version 2
 * 5 7 1600 never restock 5 -> unknown
 * </pre>
 *
 * <p>First the books as they were at first, then the operations: client, book, times of invocation
 * and return, request, outcome. Empty lines and lines that start with {@code #} mean nothing. The
 * tests show every request and outcome.
 */
public final class HistoryText {

  private static final String HEADER = "pygmy-history 1";

  private HistoryText() {}

  /** Writes the file anew. */
  public static void save(History history, Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write(HEADER + "\n");
      for (Map.Entry<Integer, BookState> book : new TreeMap<>(history.initial()).entrySet()) {
        out.write("book " + book.getKey() + " " + text(book.getValue()) + "\n");
      }
      for (Operation operation : history.operations()) {
        out.write(line(operation) + "\n");
      }
    }
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws IllegalArgumentException naming the first line that is wrong, and why
   */
  public static History load(Path file) throws IOException {
    Map<Integer, BookState> initial = new HashMap<>();
    List<Operation> operations = new ArrayList<>();
    int number = 0;
    try (BufferedReader in = Files.newBufferedReader(file)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (number == 1) {
          require(line.equals(HEADER), "\"" + HEADER + "\" expected");
        } else if (!line.isBlank() && !line.startsWith("#")) {
          Words words = new Words(line);
          if (words.nextIs("book")) {
            initial.put(words.integer(), state(words));
          } else {
            operations.add(operation(words));
          }
          words.end();
        }
      }
      require(number > 0, "the file is empty");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ", line " + number + ": " + e.getMessage(), e);
    }
    return new History(initial, operations);
  }

  static String line(Operation operation) {
    return operation.client()
        + " "
        + operation.book()
        + " "
        + operation.invoked()
        + " "
        + (operation.returned() == Operation.NEVER ? "never" : operation.returned())
        + " "
        + text(operation.request())
        + " -> "
        + text(operation.outcome());
  }

  static String text(BookState book) {
    return "stock " + book.stock() + " price " + book.priceCents() + " version " + book.version();
  }

  private static String text(Request request) {
    if (request instanceof Request.Buy buy) {
      return "buy " + buy.quantity();
    } else if (request instanceof Request.Restock restock) {
      return "restock " + restock.quantity();
    } else if (request instanceof Request.Revise revise) {
      return "revise" + text(" price ", revise.priceCents()) + text(" stock ", revise.stock());
    } else if (request instanceof Request.Add add) {
      return "add stock " + add.stock() + " price " + add.priceCents();
    }
    return "read";
  }

  private static String text(String name, OptionalLong value) {
    return value.isPresent() ? name + value.getAsLong() : "";
  }

  private static String text(Outcome outcome) {
    if (outcome instanceof Outcome.Seen seen) {
      return "seen " + text(seen.book());
    } else if (outcome instanceof Outcome.Done) {
      return "done";
    } else if (outcome instanceof Outcome.Sold sold) {
      return "sold price " + sold.priceCents();
    } else if (outcome instanceof Outcome.OutOfStock refused) {
      return "out-of-stock left " + refused.left();
    } else if (outcome instanceof Outcome.NoSuchBook) {
      return "no-such-book";
    }
    return outcome instanceof Outcome.Unknown ? "unknown" : "failed";
  }

  private static Operation operation(Words words) {
    int client = words.integer();
    int book = words.integer();
    long invoked = words.number();
    long returned = words.nextIs("never") ? Operation.NEVER : words.number();
    Request request = request(words);
    words.expect("->");
    return new Operation(client, book, invoked, returned, request, outcome(words));
  }

  private static Request request(Words words) {
    String what = words.word();
    return switch (what) {
      case "read" -> new Request.Read();
      case "buy" -> new Request.Buy(words.integer());
      case "restock" -> new Request.Restock(words.integer());
      case "revise" -> new Request.Revise(optional(words, "price"), optional(words, "stock"));
      case "add" -> new Request.Add(named(words, "stock"), named(words, "price"));
      default -> throw new IllegalArgumentException("unknown request \"" + what + "\"");
    };
  }

  private static Outcome outcome(Words words) {
    String what = words.word();
    return switch (what) {
      case "seen" -> new Outcome.Seen(state(words));
      case "done" -> new Outcome.Done();
      case "sold" -> new Outcome.Sold(named(words, "price"));
      case "out-of-stock" -> new Outcome.OutOfStock(named(words, "left"));
      case "no-such-book" -> new Outcome.NoSuchBook();
      case "unknown" -> new Outcome.Unknown();
      case "failed" -> new Outcome.Failed();
      default -> throw new IllegalArgumentException("unknown outcome \"" + what + "\"");
    };
  }

  private static BookState state(Words words) {
    return new BookState(named(words, "stock"), named(words, "price"), named(words, "version"));
  }

  private static long named(Words words, String name) {
    words.expect(name);
    return words.number();
  }

  private static OptionalLong optional(Words words, String name) {
    return words.nextIs(name) ? OptionalLong.of(words.number()) : OptionalLong.empty();
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The words of a line, one after the other. */
  private static final class Words {
    private final String[] words;
    private int next;

    Words(String line) {
      words = line.strip().split("\\s+");
    }

    String word() {
      require(next < words.length, "the line ends too early");
      return words[next++];
    }

    long number() {
      String word = word();
      try {
        return Long.parseLong(word);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("a number expected, not \"" + word + "\"", e);
      }
    }

    int integer() {
      long number = number();
      require(number == (int) number, number + " is too large");
      return (int) number;
    }

    boolean nextIs(String expected) {
      boolean is = next < words.length && words[next].equals(expected);
      next += is ? 1 : 0;
      return is;
    }

    void expect(String expected) {
      require(nextIs(expected), "\"" + expected + "\" expected");
    }

    void end() {
      require(
          next == words.length, "too much: \"" + (next < words.length ? words[next] : "") + "\"");
    }
  }
}
