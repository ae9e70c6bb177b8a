package com.pygmy.replication.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Ratis's log segments before Ratis does, to tell a torn tail from damage. Ratis 3.3.0
 * refuses to start on either; but a torn tail is what a power loss under load leaves on every
 * replica at once, and to distrust all logs for it would lose the store.
 *
 * <p>A segment is the header {@code RaftLog1}, then entries: length (varint), the entry (protobuf),
 * CRC-32C over both; the last segment ends in zeros. The write that was not synced when the power
 * went is recognised as etcd does it: a record at the end, after which no good one is needed, that
 * is cut off by the end of the file or has a whole disk sector of zeros in it, that never reached
 * the disk. It was acknowledged to nobody, so it is cut away. A wrong checksum without such a
 * sector is damage.
 */
final class SegmentScan {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentScan.class);
  private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
  private static final int SECTOR = 512;
  private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");
  private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)");

  /** Bytes that were once good are not. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1L;

    Damaged(String why) {
      super(why);
    }
  }

  private record Segment(Path file, long first, long last) {
    boolean isOpen() {
      return last < 0;
    }
  }

  private final long last;

  private SegmentScan(long last) {
    this.last = last;
  }

  /** The index of the last entry; -1 if there is none. */
  long last() {
    return last;
  }

  static long firstIndex(Path current) throws IOException {
    return segments(current).stream().findFirst().map(Segment::first).orElse(-1L);
  }

  /** Of a log that was checked before; -1 if there is none. */
  static long lastIndex(Path current) throws IOException {
    try {
      return of(current, Long.MAX_VALUE).last();
    } catch (Damaged notChecked) {
      throw new IOException(notChecked);
    }
  }

  static void deleteAll(Path current) throws IOException {
    for (Segment segment : segments(current)) {
      Files.delete(segment.file());
    }
  }

  /**
   * Checks all segments, and cuts a torn tail away. What is left is on the disk on return: Ratis
   * takes it for that, though who wrote it may have been killed before it was synced.
   *
   * @param applied entries up to here were synced for sure: damage there is never a torn tail
   */
  static SegmentScan of(Path current, long applied) throws IOException, Damaged {
    long next = -1;
    for (Segment segment : segments(current)) {
      if (next >= 0 && segment.first() != next) {
        throw new Damaged("after entry " + (next - 1) + " comes " + segment.file().getFileName());
      }
      next = scan(segment, applied);
      if (segment.isOpen()) {
        sync(segment.file());
      }
      if (!segment.isOpen() && next != segment.last() + 1) {
        throw new Damaged(segment.file().getFileName() + " ends at entry " + (next - 1));
      }
    }
    return new SegmentScan(next - 1 < 0 ? -1 : next - 1);
  }

  private static List<Segment> segments(Path current) throws IOException {
    List<Segment> segments = new ArrayList<>();
    try (Stream<Path> files = Files.list(current)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        Matcher closed = CLOSED.matcher(name);
        Matcher open = OPEN.matcher(name);
        if (closed.matches()) {
          segments.add(
              new Segment(file, Long.parseLong(closed.group(1)), Long.parseLong(closed.group(2))));
        } else if (open.matches() && Files.size(file) > 0) {
          segments.add(new Segment(file, Long.parseLong(open.group(1)), -1));
        }
      }
    }
    segments.sort(Comparator.comparingLong(Segment::first));
    return segments;
  }

  /** The index after the segment's last entry. */
  private static long scan(Segment segment, long applied) throws IOException, Damaged {
    byte[] bytes = Files.readAllBytes(segment.file());
    long next = segment.first();
    int at = HEADER.length;
    if (bytes.length < at || !startsWithHeader(bytes)) {
      if (segment.isOpen() && next > applied && isZero(bytes, commonHeader(bytes), bytes.length)) {
        return next; // its first write did not reach the disk; Ratis deletes it
      }
      throw new Damaged(segment.file().getFileName() + " has no header");
    }
    while (at < bytes.length && !isZero(bytes, at, bytes.length)) {
      int end = record(bytes, at, next);
      if (end < 0) {
        cutTornTail(segment, bytes, at, next, applied);
        return next;
      }
      at = end;
      next++;
    }
    return next;
  }

  /** Where the good record at {@code at} ends, or -1. */
  private static int record(byte[] bytes, int at, long index) {
    long length = varint(bytes, at);
    int start = at + varintSize(bytes, at);
    if (length <= 0 || start + length + Integer.BYTES > bytes.length) {
      return -1;
    }
    int end = start + (int) length;
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, end - at);
    if (ByteBuffer.wrap(bytes, end, Integer.BYTES).getInt() != (int) crc.getValue()) {
      return -1;
    }
    try {
      LogEntryProto entry = LogEntryProto.parser().parseFrom(bytes, start, (int) length);
      return entry.getIndex() == index ? end + Integer.BYTES : -1;
    } catch (InvalidProtocolBufferException unreadable) {
      return -1;
    }
  }

  private static void cutTornTail(Segment segment, byte[] bytes, int at, long index, long applied)
      throws IOException, Damaged {
    String where = "entry " + index + " in " + segment.file().getFileName();
    if (!segment.isOpen() || index <= applied || !isTorn(bytes, at)) {
      throw new Damaged(where + " is damaged");
    }
    LOG.warn("{} was being written when the power went; it was never acknowledged: cut off", where);
    try (FileChannel file = FileChannel.open(segment.file(), StandardOpenOption.WRITE)) {
      file.truncate(at);
    }
  }

  private static void sync(Path segment) throws IOException {
    try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      file.force(true);
    }
  }

  private static boolean isTorn(byte[] bytes, int at) {
    long length = varint(bytes, at);
    long end = at + varintSize(bytes, at) + length + Integer.BYTES;
    if (length <= 0 || end > bytes.length) {
      end = bytes.length; // its own length did not reach the disk, or the file's end did not
      if (length > 0) {
        return true;
      }
    }
    for (int sector = at; sector < end; sector = (sector / SECTOR + 1) * SECTOR) {
      int sectorEnd = (int) Math.min(end, (sector / SECTOR + 1L) * SECTOR);
      if (isZero(bytes, sector, sectorEnd)) {
        return true;
      }
    }
    return false;
  }

  private static long varint(byte[] bytes, int at) {
    long value = 0;
    for (int i = 0; i < 5 && at + i < bytes.length; i++) {
      value |= (bytes[at + i] & 0x7fL) << (7 * i);
      if (bytes[at + i] >= 0) {
        return value;
      }
    }
    return -1;
  }

  private static int varintSize(byte[] bytes, int at) {
    int size = 1;
    while (size < 5 && at + size <= bytes.length && bytes[at + size - 1] < 0) {
      size++;
    }
    return size;
  }

  private static boolean startsWithHeader(byte[] bytes) {
    return commonHeader(bytes) == HEADER.length;
  }

  private static int commonHeader(byte[] bytes) {
    int same = 0;
    while (same < Math.min(HEADER.length, bytes.length) && bytes[same] == HEADER[same]) {
      same++;
    }
    return same;
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
