package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Limits;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.wire.CommandCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CatalogueTest {

  private static final String HEADER = "id,title,author,topic,priceCents,stock";

  @TempDir Path folder;

  @Test
  void readsTheBooksInTheirOrder() throws Exception {
    assertEquals(
        List.of(
            new NewBook(Optional.of(new BookId(2)), "Title", "Author", "topic", 500, 3),
            new NewBook(Optional.of(new BookId(1)), "A, B", "Author", "topic", 0, 0)),
        read("2,Title,Author,topic,500,3", "1,\"A, B\",Author,topic,0,0"));
  }

  @Test
  void aStoreMayBeginWithoutBooks() throws Exception {
    assertEquals(List.of(), Catalogue.read(Optional.empty()));
    assertEquals(List.of(), read());
  }

  @Test
  void theBooksThatComeWithUsWillDo() throws Exception {
    assertFalse(Catalogue.read(Optional.of(Path.of("conf/books.csv"))).isEmpty());
  }

  @Test
  void tellsEveryBadRowWithItsLine() {
    String told =
        refusal("1,T,A,topic,500,1", "0,T,A,topic,500,1", "2,,A,topic,-1,1", "1,T,A,topic,5,1");
    assertTrue(told.contains("books.csv"), told);
    assertFalse(told.contains("line 2:"), told);
    assertTrue(told.contains("line 3: id: "), told);
    assertTrue(told.contains("line 4: title: is empty; priceCents: "), told);
    assertTrue(told.contains("line 5: id: 1 is already on line 2"), told);
  }

  @Test
  void refusesAFileWithoutTheColumns() throws Exception {
    Files.writeString(file(), "id,title\n1,T\n");
    String told =
        assertThrows(IOException.class, () -> Catalogue.read(Optional.of(file()))).getMessage();
    assertTrue(told.contains("no column \"author\""), told);
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertThrows(IOException.class, () -> Catalogue.read(Optional.of(file())));
  }

  @Test
  void takesAThousandBooks() throws Exception {
    assertEquals(1_000, read(rows(Limits.MAX_BOOKS_PER_COMMAND)).size());
  }

  @Test
  void refusesAThousandAndOneBooks() {
    String told = refusal(rows(Limits.MAX_BOOKS_PER_COMMAND + 1));
    assertTrue(told.contains("at most 1000 books; import the rest"), told);
  }

  @Test
  void readsNoFurtherThanTheFirstBookTooMany() {
    List<String> rows = new ArrayList<>(List.of(rows(Limits.MAX_BOOKS_PER_COMMAND + 1)));
    rows.add("bad row that is never seen");
    String told = refusal(rows.toArray(String[]::new));
    assertTrue(told.contains("at most 1000 books"), told);
    assertFalse(told.contains("line 1003"), told);
  }

  @Test
  void readsNoFurtherThanItTellsFaults() {
    String told = refusal(IntStream.range(0, 5_000).mapToObj(i -> "x").toArray(String[]::new));
    assertTrue(told.contains("line " + (Catalogue.MAX_FAULTS + 1) + ":"), told);
    assertFalse(told.contains("line " + (Catalogue.MAX_FAULTS + 2) + ":"), told);
    assertTrue(told.endsWith("; and so on"), told);
  }

  /** 800 books of this size go into one command of the log, 900 do not. */
  @Test
  void refusesMoreBytesThanACommandOfTheLogMayHave() throws Exception {
    String wide = "Ü".repeat(600);
    List<NewBook> fits = read(rows(800, wide));
    int bytes =
        CommandCodec.encode(new Command.FoundStore("k", "a".repeat(Limits.MAX_KEY_CHARS), fits))
            .length;
    assertTrue(bytes <= ReplicatedLog.MAX_COMMAND_BYTES, bytes + " bytes");
    String told = refusal(rows(900, wide));
    assertTrue(told.contains("at most 1048576 bytes of books"), told);
    assertTrue(told.contains("import the rest"), told);
  }

  private Path file() {
    return folder.resolve("books.csv");
  }

  private static String[] rows(int count) {
    return rows(count, "Title");
  }

  private static String[] rows(int count, String title) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(id -> id + "," + title + ",Author,topic,500,3")
        .toArray(String[]::new);
  }

  private List<NewBook> read(String... rows) throws IOException {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    lines.addAll(List.of(rows));
    Files.write(file(), lines);
    return Catalogue.read(Optional.of(file()));
  }

  private String refusal(String... rows) {
    return assertThrows(IOException.class, () -> read(rows)).getMessage();
  }
}
