package com.pygmy.wire;

import com.pygmy.domain.BookChange;
import com.pygmy.domain.EntryChanges;
import com.pygmy.wire.Message.ChangesRead;
import com.pygmy.wire.Message.ReadChanges;

/** What entries of the log did to the books, as bytes: a part of {@link MessageCodec}. */
final class ChangesCodec {

  private ChangesCodec() {}

  static void write(ByteWriter out, ReadChanges wanted) {
    out.optional(wanted.after(), ByteWriter::number).number(wanted.limit());
  }

  static ReadChanges readWanted(ByteReader in) {
    return new ReadChanges(in.optional(ByteReader::number), in.integer());
  }

  static void write(ByteWriter out, ChangesRead read) {
    out.text(read.storeId()).number(read.head()).bool(read.kept()).number(read.upTo());
    out.list(read.entries(), ChangesCodec::writeEntry);
  }

  static ChangesRead read(ByteReader in) {
    return new ChangesRead(
        in.text(), in.number(), in.bool(), in.number(), in.list(ChangesCodec::readEntry));
  }

  private static void writeEntry(ByteWriter out, EntryChanges entry) {
    out.number(entry.index()).list(entry.changes(), ChangesCodec::writeChange);
  }

  private static EntryChanges readEntry(ByteReader in) {
    return new EntryChanges(in.number(), in.list(ChangesCodec::readChange));
  }

  private static void writeChange(ByteWriter out, BookChange change) {
    DomainCodec.writeBook(out, change.book());
    out.bool(change.added()).bool(change.described());
    out.number(change.stockBefore()).text(change.topicBefore());
  }

  private static BookChange readChange(ByteReader in) {
    return new BookChange(DomainCodec.readBook(in), in.bool(), in.bool(), in.integer(), in.text());
  }
}
