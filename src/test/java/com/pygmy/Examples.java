package com.pygmy;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Bytes as earlier builds wrote them, with what they must be read as: one line each, {@code kind
 * TAB bytes TAB text}. Lines are added and never changed, except for the text of what got a new
 * field. {@code mvn test -Dtest=Stored* -Dpygmy.examples=add} adds what is missing to the sources.
 */
public final class Examples {

  private static final Path SOURCES = Path.of("src", "test", "resources", "com", "pygmy");

  /** One line. */
  public record Example(String kind, String hex, String text) {
    public Example(String kind, byte[] bytes, String text) {
      this(kind, HexFormat.of().formatHex(bytes), text);
    }

    public byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }

    private String line() {
      return kind + "\t" + hex + "\t" + text;
    }
  }

  private final Path file;

  /**
   * @param name below the test resources of {@code com.pygmy}
   */
  public Examples(String name) {
    this.file = SOURCES.resolve(name);
  }

  /** Is this run to add what is missing? */
  public static boolean areAdded() {
    return "add".equals(System.getProperty("pygmy.examples"));
  }

  public List<Example> all() throws IOException {
    List<Example> all = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.startsWith("#")) {
        String[] parts = line.split("\t", 3);
        all.add(new Example(parts[0], parts[1], parts[2]));
      }
    }
    return all;
  }

  /** Those of these kinds of which there is none yet. */
  public Set<String> missing(Set<String> kinds) throws IOException {
    Set<String> missing = new TreeSet<>(kinds);
    missing.removeAll(all().stream().map(Example::kind).collect(Collectors.toSet()));
    return missing;
  }

  /** As {@code toString}, but with sets in an order that is the same in each process. */
  public static String text(Object value) {
    if (value instanceof Set<?> set) {
      return set.stream().map(Examples::text).sorted().toList().toString();
    } else if (value instanceof List<?> list) {
      return list.stream().map(Examples::text).toList().toString();
    } else if (value instanceof Optional<?> maybe) {
      return maybe.map(Examples::text).toString();
    } else if (!value.getClass().isRecord()) {
      return value.toString();
    }
    return Arrays.stream(value.getClass().getRecordComponents())
        .map(part -> part.getName() + "=" + text(read(part, value)))
        .collect(Collectors.joining(", ", value.getClass().getSimpleName() + "[", "]"));
  }

  /** A part of a record. */
  public static Object read(RecordComponent part, Object record) {
    try {
      part.getAccessor().setAccessible(true);
      return part.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  public void add(List<Example> more) throws IOException {
    String lines =
        more.stream().map(example -> example.line() + "\n").collect(Collectors.joining());
    Files.writeString(file, Files.readString(file) + lines, StandardCharsets.UTF_8);
  }
}
