package com.pygmy.store;

import com.pygmy.domain.Book;
import com.pygmy.domain.Words;
import com.pygmy.store.SqliteFile.Access;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Full-text search in the catalog's database, on a connection of its own, so that the other
 * questions do not wait for it. Each page is one read transaction. Thread-safe, one page at a time.
 *
 * <p>Books are in the order of their BM25 score, a hit in the title weighing three times one in the
 * author, and by id where scores are equal. A page goes on after a book, wherever that is in the
 * order by now: scores move a little with every new book, so a score would not mark a place.
 */
final class BookSearch implements AutoCloseable {

  private static final String FOUND =
      "WITH found AS MATERIALIZED (SELECT rowid AS book, bm25(words, 3.0, 1.0) AS score"
          + " FROM words WHERE words MATCH ?)";

  private static final String PAGE =
      FOUND
          + ", page AS MATERIALIZED (SELECT book, score FROM found WHERE ? = 0"
          + " OR (score, book) > (SELECT score, book FROM found WHERE book = ?)"
          + " ORDER BY score, book LIMIT ?)"
          + " SELECT "
          + CatalogDatabase.BOOK_COLUMNS
          + " FROM page JOIN books ON id = book ORDER BY score, book";

  private final Connection connection;
  private final PreparedStatement page;
  private final PreparedStatement one;

  BookSearch(Path file) throws SQLException {
    connection = SqliteFile.open(file, Access.READ);
    page = connection.prepareStatement(PAGE);
    one = connection.prepareStatement("SELECT count(*) FROM words WHERE words MATCH ? AND rowid=?");
  }

  /**
   * A page.
   *
   * @param after the last book of the page before; 0 for the first page
   */
  synchronized FoundBooks find(Words words, int after, int limit) throws SQLException {
    String expression = expression(words);
    page.setString(1, expression);
    page.setInt(2, after);
    page.setInt(3, after);
    page.setInt(4, limit + 1);
    List<Book> books = new ArrayList<>();
    try (ResultSet row = page.executeQuery()) {
      while (row.next()) {
        books.add(CatalogDatabase.book(row));
      }
    }
    boolean more = books.size() > limit;
    boolean lost = books.isEmpty() && after > 0 && !has(after, expression);
    return new FoundBooks(more ? books.subList(0, limit) : books, more, lost);
  }

  private boolean has(int book, String expression) throws SQLException {
    one.setString(1, expression);
    one.setInt(2, book);
    try (ResultSet row = one.executeQuery()) {
      return row.next() && row.getInt(1) > 0;
    }
  }

  /**
   * The words in the language of FTS5, each in quotes, where nothing but a quote has a meaning; all
   * are wanted, the last as a beginning.
   */
  static String expression(Words words) {
    return words.words().stream()
        .map(word -> '"' + word.replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(" ", "", "*"));
  }

  @Override
  public synchronized void close() throws SQLException {
    connection.close();
  }
}
