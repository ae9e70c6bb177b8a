package com.pygmy.wire;

import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Line;
import com.pygmy.domain.Order;
import com.pygmy.domain.Origin;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Purchase;
import com.pygmy.domain.Shelf.TopicCount;

/**
 * The layout of domain values, in the log and on the bus. Tags are never given a second meaning; a
 * changed layout gets a new tag, and the old one stays readable.
 */
final class DomainCodec {

  private DomainCodec() {}

  static void writeCommand(ByteWriter out, Command command) {
    if (command instanceof Command.PlaceOrder buy) {
      out.tag(1).text(buy.key()).number(buy.admittedIndex());
      writePurchase(out, buy.purchase());
    } else if (command instanceof Command.AddBooks add) {
      out.tag(2).text(add.key()).number(add.admittedIndex()).bool(add.update());
      out.list(add.books(), DomainCodec::writeNewBook);
    } else if (command instanceof Command.ReviseBook revise) {
      out.tag(3).text(revise.key()).number(revise.admittedIndex());
      out.number(revise.book().value()).optional(revise.ifVersion(), ByteWriter::number);
      writeRevision(out, revise.revision());
    } else if (command instanceof Command.Restock restock) {
      out.tag(4).text(restock.key()).number(restock.admittedIndex());
      out.list(restock.lines(), DomainCodec::writeLine);
    } else if (command instanceof Command.RestockTo restockTo) {
      out.tag(5).text(restockTo.key()).number(restockTo.admittedIndex());
      out.optional(restockTo.level(), ByteWriter::integer).number(restockTo.onlyIfStockAtMost());
      out.list(restockTo.books(), DomainCodec::writeId);
    } else if (command instanceof Command.FoundStore found) {
      out.tag(6).text(found.key()).text(found.storeId());
      out.list(found.books(), DomainCodec::writeNewBook);
    } else if (command instanceof Command.RestoreStore restore) {
      out.tag(7).text(restore.key()).text(restore.storeId());
      writeOrigin(out, restore.origin());
    }
  }

  static Command readCommand(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 -> new Command.PlaceOrder(in.text(), in.number(), readPurchase(in));
      case 2 -> {
        String key = in.text();
        long admittedIndex = in.number();
        boolean update = in.bool();
        yield new Command.AddBooks(key, admittedIndex, in.list(DomainCodec::readNewBook), update);
      }
      case 3 ->
          new Command.ReviseBook(
              in.text(),
              in.number(),
              readId(in),
              in.optional(ByteReader::number),
              readRevision(in));
      case 4 -> new Command.Restock(in.text(), in.number(), in.list(DomainCodec::readLine));
      case 5 ->
          new Command.RestockTo(
              in.text(),
              in.number(),
              in.optional(ByteReader::integer),
              in.integer(),
              in.list(DomainCodec::readId));
      case 6 -> new Command.FoundStore(in.text(), in.text(), in.list(DomainCodec::readNewBook));
      case 7 -> new Command.RestoreStore(in.text(), in.text(), readOrigin(in));
      default -> throw new MalformedMessage("an unknown command " + tag);
    };
  }

  static void writeOrigin(ByteWriter out, Origin origin) {
    out.text(origin.base()).text(origin.parentStoreId()).number(origin.parentTerm());
    out.number(origin.parentIndex()).number(origin.parentOrders());
  }

  static Origin readOrigin(ByteReader in) {
    return new Origin(in.text(), in.text(), in.number(), in.number(), in.number());
  }

  static void writePurchase(ByteWriter out, Purchase purchase) {
    out.list(purchase.lines(), DomainCodec::writeLine);
    out.optional(purchase.customer(), ByteWriter::text);
  }

  static Purchase readPurchase(ByteReader in) {
    return new Purchase(in.list(DomainCodec::readLine), in.optional(ByteReader::text));
  }

  static void writeBook(ByteWriter out, Book book) {
    out.number(book.id().value()).text(book.title()).text(book.author()).text(book.topic());
    out.number(book.priceCents()).number(book.initialStock()).number(book.restocked());
    out.number(book.sold()).number(book.version());
  }

  static Book readBook(ByteReader in) {
    return new Book(
        readId(in),
        in.text(),
        in.text(),
        in.text(),
        in.number(),
        in.integer(),
        in.number(),
        in.number(),
        in.number());
  }

  static void writeOrder(ByteWriter out, Order order) {
    out.number(order.number()).text(order.key()).list(order.lines(), DomainCodec::writeSold);
    out.optional(order.customer(), ByteWriter::text).number(order.at());
  }

  static Order readOrder(ByteReader in) {
    return new Order(
        in.number(),
        in.text(),
        in.list(DomainCodec::readSold),
        in.optional(ByteReader::text),
        in.number());
  }

  static void writeDecision(ByteWriter out, Decision decision) {
    if (decision instanceof Decision.Decided decided) {
      out.tag(1).bool(decided.replayed());
      writeOutcome(out, decided.outcome());
    } else if (decision instanceof Decision.KeyConflict) {
      out.tag(2);
    } else {
      out.tag(3);
    }
  }

  static Decision readDecision(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 -> {
        boolean replayed = in.bool();
        yield new Decision.Decided(readOutcome(in), replayed);
      }
      case 2 -> new Decision.KeyConflict();
      case 3 -> new Decision.KeyTooOld();
      default -> throw new MalformedMessage("an unknown decision " + tag);
    };
  }

  static void writeOutcome(ByteWriter out, Outcome outcome) {
    if (outcome instanceof Outcome.Sold sold) {
      out.tag(1);
      writeOrder(out, sold.order());
    } else if (outcome instanceof Outcome.Refused refused) {
      out.tag(2);
      writeRefusal(out, refused.why());
    } else if (outcome instanceof Outcome.BooksAdded added) {
      out.tag(3).list(added.rows(), DomainCodec::writeRow);
    } else if (outcome instanceof Outcome.Revised revised) {
      out.tag(4);
      writeBook(out, revised.book());
    } else if (outcome instanceof Outcome.Restocked restocked) {
      out.tag(5).list(restocked.lines(), DomainCodec::writeLine);
    } else if (outcome instanceof Outcome.Founded founded) {
      out.tag(6).text(founded.storeId());
    }
  }

  static Outcome readOutcome(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 -> new Outcome.Sold(readOrder(in));
      case 2 -> new Outcome.Refused(readRefusal(in));
      case 3 -> new Outcome.BooksAdded(in.list(DomainCodec::readRow));
      case 4 -> new Outcome.Revised(readBook(in));
      case 5 -> new Outcome.Restocked(in.list(DomainCodec::readLine));
      case 6 -> new Outcome.Founded(in.text());
      default -> throw new MalformedMessage("an unknown outcome " + tag);
    };
  }

  private static void writeRefusal(ByteWriter out, Outcome.Refusal why) {
    if (why instanceof Outcome.OutOfStock stock) {
      out.tag(1)
          .list(stock.books(), (o, left) -> o.number(left.book().value()).number(left.stock()));
    } else if (why instanceof Outcome.UnknownBooks unknown) {
      out.tag(2).list(unknown.books(), DomainCodec::writeId);
    } else if (why instanceof Outcome.VersionMismatch mismatch) {
      out.tag(3).number(mismatch.book().value()).number(mismatch.version());
    } else if (why instanceof Outcome.ShelfFull full) {
      out.tag(4).list(full.books(), DomainCodec::writeId);
    } else if (why instanceof Outcome.NoSuchBooks missing) {
      out.tag(5).list(missing.books(), DomainCodec::writeId);
    }
  }

  private static Outcome.Refusal readRefusal(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 ->
          new Outcome.OutOfStock(in.list(each -> new Outcome.Left(readId(each), each.integer())));
      case 2 -> new Outcome.UnknownBooks(in.list(DomainCodec::readId));
      case 3 -> new Outcome.VersionMismatch(readId(in), in.number());
      case 4 -> new Outcome.ShelfFull(in.list(DomainCodec::readId));
      case 5 -> new Outcome.NoSuchBooks(in.list(DomainCodec::readId));
      default -> throw new MalformedMessage("an unknown refusal " + tag);
    };
  }

  static void writeId(ByteWriter out, BookId id) {
    out.number(id.value());
  }

  static BookId readId(ByteReader in) {
    return new BookId(in.integer());
  }

  static void writeTopic(ByteWriter out, TopicCount topic) {
    out.text(topic.topic()).number(topic.books());
  }

  static TopicCount readTopic(ByteReader in) {
    return new TopicCount(in.text(), in.integer());
  }

  private static void writeLine(ByteWriter out, Line line) {
    out.number(line.book().value()).number(line.quantity());
  }

  private static Line readLine(ByteReader in) {
    return new Line(readId(in), in.integer());
  }

  private static void writeSold(ByteWriter out, Order.Sold line) {
    out.number(line.book().value()).number(line.quantity()).number(line.priceCents());
  }

  private static Order.Sold readSold(ByteReader in) {
    return new Order.Sold(readId(in), in.integer(), in.number());
  }

  private static void writeRow(ByteWriter out, Outcome.Row row) {
    out.number(row.id().value()).tag(rowTag(row.status()));
  }

  private static Outcome.Row readRow(ByteReader in) {
    return new Outcome.Row(readId(in), rowStatus(in.tag()));
  }

  private static int rowTag(Outcome.RowStatus status) {
    return switch (status) {
      case ADDED -> 1;
      case UNCHANGED -> 2;
      case UPDATED -> 3;
      case CONFLICT -> 4;
    };
  }

  private static Outcome.RowStatus rowStatus(int tag) {
    return switch (tag) {
      case 1 -> Outcome.RowStatus.ADDED;
      case 2 -> Outcome.RowStatus.UNCHANGED;
      case 3 -> Outcome.RowStatus.UPDATED;
      case 4 -> Outcome.RowStatus.CONFLICT;
      default -> throw new MalformedMessage("an unknown row status " + tag);
    };
  }

  private static void writeNewBook(ByteWriter out, Book.NewBook book) {
    out.optional(book.id(), DomainCodec::writeId);
    out.text(book.title()).text(book.author()).text(book.topic());
    out.number(book.priceCents()).number(book.stock());
  }

  private static Book.NewBook readNewBook(ByteReader in) {
    return new Book.NewBook(
        in.optional(DomainCodec::readId),
        in.text(),
        in.text(),
        in.text(),
        in.number(),
        in.integer());
  }

  private static void writeRevision(ByteWriter out, Book.Revision revision) {
    out.optional(revision.priceCents(), ByteWriter::number);
    out.optional(revision.stock(), ByteWriter::integer);
    out.optional(revision.title(), ByteWriter::text);
    out.optional(revision.author(), ByteWriter::text);
    out.optional(revision.topic(), ByteWriter::text);
  }

  private static Book.Revision readRevision(ByteReader in) {
    return new Book.Revision(
        in.optional(ByteReader::number),
        in.optional(ByteReader::integer),
        in.optional(ByteReader::text),
        in.optional(ByteReader::text),
        in.optional(ByteReader::text));
  }
}
