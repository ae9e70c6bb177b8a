package com.pygmy.cli.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cli.csv.BookRows.BadBook;
import com.pygmy.cli.csv.BookRows.BookRow;
import com.pygmy.cli.csv.BookRows.GoodBook;
import com.pygmy.cli.csv.BookRows.Mapping;
import com.pygmy.cli.csv.BookRows.Opened;
import com.pygmy.cli.csv.BookRows.Unusable;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BookRowsTest {

  private static final String HEADER = "id,title,author,topic,priceCents,stock\n";

  @Test
  void readsBooksInAnyOrderOfColumns() throws IOException {
    assertEquals(
        List.of(good(2, 7, "A title", "An author", "a-topic", 1999, 5)),
        read(
            """
            stock,isbn,title,id,author,priceCents,topic
            5,x," A
             title ",7,An author,1999,a-topic
            """,
            Mapping.plain()));
  }

  @Test
  void mapsColumnsAndFillsInDefaults() throws IOException {
    Mapping mapping =
        new Mapping(
            Map.of("id", "book_id", "author", "authors", "topic", "language"),
            Map.of("topic", "unknown", "priceCents", "1500", "stock", "20"));
    assertEquals(
        List.of(good(2, 1, "A", "B", "eng", 1500, 20), good(3, 2, "C", "D", "unknown", 1500, 20)),
        read("book_id,title,authors,language\n1,A,B,eng\n2,C,D,\n", mapping));
  }

  @Test
  void saysAllThatIsWrongWithARowAndGoesOn() throws IOException {
    assertEquals(
        List.of(
            new BadBook(
                2,
                "id: must be 1…1000000000, not \"0\"; title: is empty; priceCents: must be"
                    + " 0…100000000, not \"9.99\"; stock: must be 0…1000000000, not \"-1\""),
            good(3, 1, "A", "B", "t", 0, 0),
            new BadBook(4, "id: 1 is already on line 3"),
            new BadBook(5, "2 fields, but the header has 6"),
            new BadBook(6, "id: is empty"),
            new BadBook(7, "title: must be 1…1000 printable characters, not \"A?\""),
            new BadBook(
                8, "topic: must be 1…100 printable characters, not \"" + "t".repeat(40) + "…\""),
            good(9, 2, "A", "B", "t", 100_000_000, 1_000_000_000)),
        read(
            HEADER
                + "0,,B,t,9.99,-1\n1,A,B,t,0,0\n1,A,B,t,0,0\n1,A\n,A,B,t,1,1\n3,A\u0007,B,t,1,1\n"
                + ("4,A,B," + "t".repeat(101) + ",1,1\n")
                + "2,A,B,t,100000000,1000000000\n",
            Mapping.plain()));
  }

  @Test
  void saysWhyAFileIsUnusable() throws IOException {
    assertEquals(
        new Unusable(
            List.of(
                "isbn: a book has no such field, only id, title, author, topic, priceCents, stock",
                "an id can have no default: it tells the books apart",
                "id: there is no column \"nr\"; there are id, title",
                "author: there is no column \"author\"; there are id, title",
                "topic: there is no column \"topic\"; there are id, title",
                "stock: there is no column \"stock\"; there are id, title")),
        open(
            "id,title\n",
            new Mapping(Map.of("id", "nr", "isbn", "x"), Map.of("priceCents", "1", "id", "1"))));
    assertInstanceOf(Unusable.class, open("", Mapping.plain()));
  }

  /** The catalogue that we ship: every row is good, no title twice, topics enough. */
  @Test
  void theInitialCatalogueIsGood() throws IOException {
    List<BookRow> rows = new ArrayList<>();
    try (InputStream in = Files.newInputStream(Path.of("conf/books.csv"))) {
      rows.addAll(rows(BookRows.open(in, Mapping.plain())));
    }
    assertTrue(rows.size() >= 207, rows.size() + " books");
    Set<String> titles = new HashSet<>();
    Set<String> topics = new TreeSet<>();
    for (int i = 0; i < rows.size(); i++) {
      NewBook book = assertInstanceOf(GoodBook.class, rows.get(i)).book();
      assertEquals(Optional.of(new BookId(i + 1)), book.id());
      assertTrue(titles.add(book.title()), book.title() + " is there twice");
      assertTrue(book.topic().matches("[a-z]+(-[a-z]+)*"), book.topic());
      assertTrue(book.stock() > 0 && book.priceCents() > 0, book.title());
      topics.add(book.topic());
    }
    assertTrue(topics.size() >= 12, topics::toString);
    assertEquals(
        List.of(
            "How to get a good grade in 677 in 20 minutes a day",
            "RPCs for Dummies",
            "Xen and the Art of Surviving Graduate School",
            "Cooking for the Impatient Graduate Student",
            "How to finish Project 3 on time",
            "Why theory classes are so hard",
            "Spring in the Pioneer Valley"),
        rows.subList(0, 7).stream().map(row -> ((GoodBook) row).book().title()).toList());
  }

  private static GoodBook good(
      int line, int id, String title, String author, String topic, long priceCents, int stock) {
    return new GoodBook(
        line, new NewBook(Optional.of(new BookId(id)), title, author, topic, priceCents, stock));
  }

  private static List<BookRow> read(String text, Mapping mapping) throws IOException {
    return rows(open(text, mapping));
  }

  private static BookRows.Opening open(String text, Mapping mapping) throws IOException {
    return BookRows.open(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), mapping);
  }

  private static List<BookRow> rows(BookRows.Opening opening) throws IOException {
    BookRows books = assertInstanceOf(Opened.class, opening, opening::toString).rows();
    List<BookRow> rows = new ArrayList<>();
    for (Optional<BookRow> row = books.next(); row.isPresent(); row = books.next()) {
      rows.add(row.get());
    }
    return rows;
  }
}
