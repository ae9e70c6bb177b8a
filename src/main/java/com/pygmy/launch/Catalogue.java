package com.pygmy.launch;

import com.pygmy.cli.csv.BookRows;
import com.pygmy.cli.csv.BookRows.BadBook;
import com.pygmy.cli.csv.BookRows.GoodBook;
import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.Command;
import com.pygmy.domain.Limits;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.wire.CommandCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The books that an empty store is founded with. */
final class Catalogue {

  /** What is wrong is told up to here; the rest of the file is not read. */
  static final int MAX_FAULTS = 20;

  /** As long as any. */
  private static final String SOME_ID = "0".repeat(Limits.MAX_KEY_CHARS);

  private Catalogue() {}

  /**
   * Reads the whole file, or as far as it takes to see that it will not do.
   *
   * @throws IOException if it cannot be read, has a bad row (a store is founded only once), or has
   *     more than one command of the log can carry: {@link Limits#MAX_BOOKS_PER_COMMAND} rows,
   *     {@link ReplicatedLog#MAX_COMMAND_BYTES}
   */
  static List<NewBook> read(Optional<Path> file) throws IOException {
    return file.isPresent() ? read(file.get()) : List.of();
  }

  private static List<NewBook> read(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      BookRows.Opening opening = BookRows.open(stream, BookRows.Mapping.plain());
      if (opening instanceof BookRows.Unusable unusable) {
        throw new IOException(file + ": " + String.join("; ", unusable.reasons()));
      }
      List<String> faults = new ArrayList<>();
      List<NewBook> books = read(((BookRows.Opened) opening).rows(), faults);
      if (faults.isEmpty()) {
        requireThatACommandCarries(books, faults);
      }
      if (!faults.isEmpty()) {
        throw new IOException(file + ": " + String.join("; ", faults));
      }
      return books;
    }
  }

  private static List<NewBook> read(BookRows rows, List<String> faults) throws IOException {
    List<NewBook> books = new ArrayList<>();
    for (var row = rows.next(); row.isPresent(); row = rows.next()) {
      if (faults.size() == MAX_FAULTS) {
        faults.add("and so on");
        return books;
      }
      if (row.get() instanceof BadBook bad) {
        faults.add("line " + bad.line() + ": " + bad.reason());
      } else if (books.size() == Limits.MAX_BOOKS_PER_COMMAND) {
        faults.add(
            "a store is founded with at most "
                + Limits.MAX_BOOKS_PER_COMMAND
                + " books; import the rest");
        return books;
      } else if (row.get() instanceof GoodBook good) {
        books.add(good.book());
      }
    }
    return books;
  }

  private static void requireThatACommandCarries(List<NewBook> books, List<String> faults) {
    int bytes = CommandCodec.encode(new Command.FoundStore(SOME_ID, SOME_ID, books)).length;
    if (bytes > ReplicatedLog.MAX_COMMAND_BYTES) {
      faults.add(
          "a store is founded with at most "
              + ReplicatedLog.MAX_COMMAND_BYTES
              + " bytes of books, these are "
              + bytes
              + "; import the rest");
    }
  }
}
