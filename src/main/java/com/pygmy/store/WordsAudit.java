package com.pygmy.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * Checks that a catalog's words are those of its books, by listing the words of its books anew. The
 * two lists are compared row by row, as they come; nothing in the database is changed.
 */
final class WordsAudit {

  private WordsAudit() {}

  /** The first difference, if there is any. Reads every book and every word. */
  static Optional<String> difference(Connection connection) throws SQLException {
    // Temporary tables may be made on a connection that must not write.
    SqliteFile.execute(
        connection,
        "CREATE VIRTUAL TABLE temp.words_anew USING fts5 (title, author, content='', %s)"
            .formatted(CatalogDatabase.tokenizer()));
    SqliteFile.execute(
        connection,
        "INSERT INTO temp.words_anew (rowid, title, author)"
            + " SELECT id, title, author FROM main.books ORDER BY id");
    SqliteFile.execute(
        connection, "CREATE VIRTUAL TABLE temp.kept USING fts5vocab ('main', 'words', 'instance')");
    SqliteFile.execute(
        connection,
        "CREATE VIRTUAL TABLE temp.anew USING fts5vocab ('temp', 'words_anew', 'instance')");
    try (Statement one = connection.createStatement();
        Statement other = connection.createStatement();
        ResultSet kept = one.executeQuery("SELECT term, doc, col, offset FROM temp.kept");
        ResultSet anew = other.executeQuery("SELECT term, doc, col, offset FROM temp.anew")) {
      while (true) {
        Optional<String> inIndex = next(kept);
        Optional<String> inBooks = next(anew);
        if (!inIndex.equals(inBooks)) {
          return Optional.of(
              "words: %s where the books have %s"
                  .formatted(inIndex.orElse("nothing"), inBooks.orElse("nothing")));
        }
        if (inIndex.isEmpty()) {
          return Optional.empty();
        }
      }
    }
  }

  private static Optional<String> next(ResultSet row) throws SQLException {
    return row.next()
        ? Optional.of(
            "'%s' in the %s of book %d, word %d"
                .formatted(row.getString(1), row.getString(3), row.getLong(2), row.getLong(4) + 1))
        : Optional.empty();
  }
}
