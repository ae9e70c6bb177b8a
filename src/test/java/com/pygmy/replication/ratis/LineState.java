package com.pygmy.replication.ratis;

import com.pygmy.replication.Entry;
import com.pygmy.replication.Position;
import com.pygmy.replication.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A state machine for tests: the list of all commands, as text, in a file that is written at every
 * entry and synced at every so-manyth; so it has a written and a durable position, and {@link
 * #losePower} leaves of it what a power loss would. A command is answered with the list's length.
 */
final class LineState implements StateMachine<Long>, AutoCloseable {
  private final Path folder;
  private final int syncEvery;
  private final List<String> lines = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private FileChannel file;
  private Position restored = Position.START;
  private volatile Position durable = Position.START;
  private volatile Position applied = Position.START;
  private int sinceSync;

  /** The index of the first record; above 0 if that is a base. */
  private long began;

  /** Lines in that. */
  private int ofBase;

  volatile boolean admits = true;
  volatile int installs;
  volatile int refusals;
  volatile RuntimeException poison;

  LineState(Path folder, int syncEvery) throws IOException {
    this.folder = folder;
    this.syncEvery = syncEvery;
    Files.createDirectories(folder);
    load();
  }

  static void losePower(Path folder) throws IOException {
    long length = 0;
    Path marker = folder.resolve("durable");
    if (Files.exists(marker)) {
      try (DataInputStream in = new DataInputStream(Files.newInputStream(marker))) {
        in.readLong();
        in.readLong();
        length = in.readLong();
      }
    }
    Path lines = folder.resolve("lines");
    if (Files.exists(lines)) {
      try (FileChannel file = FileChannel.open(lines, StandardOpenOption.WRITE)) {
        file.truncate(length);
      }
    }
  }

  private void load() throws IOException {
    lines.clear();
    times.clear();
    applied = Position.START;
    began = -1;
    ofBase = 0;
    Path path = folder.resolve("lines");
    long good = 0;
    if (Files.exists(path)) {
      good = read(Files.readAllBytes(path));
    }
    file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    file.truncate(good);
    file.position(good);
    restored = applied;
    Path marker = folder.resolve("durable");
    if (Files.exists(marker)) {
      try (DataInputStream in = new DataInputStream(Files.newInputStream(marker))) {
        durable = new Position(in.readLong(), in.readLong());
      }
    }
  }

  private long read(byte[] bytes) throws IOException {
    long good = 0;
    ByteArrayInputStream source = new ByteArrayInputStream(bytes);
    DataInputStream in = new DataInputStream(source);
    try {
      while (source.available() > 0) {
        Position position = new Position(in.readLong(), in.readLong());
        long at = in.readLong();
        int count = in.readInt();
        List<String> read = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          read.add(in.readUTF());
        }
        lines.addAll(read);
        if (began < 0) {
          began = position.index();
          ofBase = began > 0 ? read.size() : 0;
        }
        times.add(at);
        applied = position;
        good = (long) bytes.length - source.available();
      }
    } catch (EOFException cutOff) {
      // the last record was being written when the process was killed
    }
    return good;
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  synchronized int size() {
    return lines.size();
  }

  @Override
  public synchronized Position restored() {
    return restored;
  }

  /** What {@link #layBase} wrote, as long as nothing else was. */
  @Override
  public synchronized Optional<String> base() {
    boolean onlyBase = began > 0 && began == applied.index();
    return onlyBase ? Optional.of(String.join(",", lines)) : Optional.empty();
  }

  /** The first line that is not of the base; a copy has it where the original does. */
  @Override
  public synchronized Optional<String> lineage() {
    return lines.size() > ofBase ? Optional.of(lines.get(ofBase)) : Optional.empty();
  }

  /** Makes a state from which a log is to begin after {@code at}. */
  static void layBase(Path folder, Position at, List<String> lines) throws IOException {
    try (LineState state = new LineState(folder, 1)) {
      state.applied = new Position(at.term(), at.index() - 1);
      state.write(at, 0, lines);
    }
  }

  /** Makes a state that a log from its beginning has left. */
  static void lay(Path folder, Position at, List<String> lines) throws IOException {
    try (LineState state = new LineState(folder, 1)) {
      state.write(new Position(at.term(), 0), 0, lines);
      for (long i = 1; i <= at.index(); i++) {
        state.write(new Position(at.term(), i), 0, List.of());
      }
    }
  }

  @Override
  public Position durable() {
    return durable;
  }

  @Override
  public Position applied() {
    return applied;
  }

  @Override
  public synchronized List<Long> apply(Entry entry) {
    if (poison != null) {
      throw poison;
    }
    List<Long> results = new ArrayList<>();
    List<String> added = new ArrayList<>();
    for (byte[] command : entry.commands()) {
      added.add(new String(command, StandardCharsets.UTF_8));
      results.add((long) lines.size() + added.size());
    }
    write(entry.position(), entry.at(), added);
    return results;
  }

  @Override
  public synchronized void pass(Position position) {
    write(position, 0, List.of());
  }

  private void write(Position position, long at, List<String> added) {
    if (position.index() != applied.index() + 1) {
      throw new IllegalStateException(position + " after " + applied);
    }
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeLong(position.term());
      out.writeLong(position.index());
      out.writeLong(at);
      out.writeInt(added.size());
      for (String line : added) {
        out.writeUTF(line);
      }
      file.write(ByteBuffer.wrap(bytes.toByteArray()));
      lines.addAll(added);
      applied = position;
      if (++sinceSync >= syncEvery) {
        sync();
      }
    } catch (IOException lost) {
      throw new UncheckedIOException(lost);
    }
  }

  synchronized void sync() throws IOException {
    sinceSync = 0;
    file.force(true);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(applied.term());
    out.writeLong(applied.index());
    out.writeLong(file.position());
    SafeFiles.replace(folder.resolve("durable"), bytes.toByteArray());
    durable = applied;
  }

  @Override
  public boolean admits() {
    return admits;
  }

  @Override
  public synchronized Position exportTo(Path copy) throws IOException {
    Files.copy(folder.resolve("lines"), copy);
    return applied;
  }

  @Override
  public synchronized Position install(Path copy) throws IOException {
    Path other = Files.createDirectories(folder.resolve("incoming"));
    Files.copy(copy, other.resolve("lines"), StandardCopyOption.REPLACE_EXISTING);
    try (LineState content = new LineState(other, syncEvery)) {
      if (lineage().isPresent() && !lineage().equals(content.lineage())) {
        refusals++;
        throw new IOException("of " + content.lineage() + ", not of " + lineage());
      }
    }
    file.close();
    Files.copy(copy, folder.resolve("lines"), StandardCopyOption.REPLACE_EXISTING);
    Position opened = restored;
    load();
    restored = opened;
    sync();
    installs++;
    return applied;
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
