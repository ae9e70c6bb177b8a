package com.pygmy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/**
 * {@code NOTICE}, in the repository and in the jar, and {@code docs/security.md} name what the jar
 * holds: all, and no more.
 */
final class NoticeIT {

  private static final Path NOTICE = Path.of("NOTICE");

  /** An indented line with {@code group:artifact:version}, of which the group is left out. */
  private static final Pattern LIBRARY = Pattern.compile("  [^ :]+:([^ :]+:[^ :]+)");

  /** A row: {@code | group: artifact, artifact | version | …}. */
  private static final Pattern ROW = Pattern.compile("\\| [^ :|]+: ([^|]+) \\| ([^ |]+) \\|.*");

  @Test
  void namesEveryLibraryInTheJarWithItsVersion() throws IOException {
    NavigableSet<String> named =
        Files.readAllLines(NOTICE).stream()
            .map(LIBRARY::matcher)
            .filter(matcher -> matcher.matches())
            .map(matcher -> matcher.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(lines(held()), lines(named), "what the jar holds, and what NOTICE names");
  }

  @Test
  void whatIsKnownOfEveryLibraryIsTold() throws IOException {
    NavigableSet<String> told = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("docs", "security.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        for (String artifact : row.group(1).split(", ", -1)) {
          told.add(artifact + ":" + row.group(2));
        }
      }
    }
    assertEquals(lines(held()), lines(told), "what the jar holds, and what security.md tells of");
  }

  @Test
  void isInTheJarWithTheNoticesOfTheLibrariesBehindIt() throws IOException {
    try (JarFile jar = new JarFile(jar())) {
      String notice = text(jar, "META-INF/NOTICE");
      assertTrue(notice.startsWith(Files.readString(NOTICE)), notice);
      for (String other : List.of("Apache Ratis", "Jackson JSON processor", "Micrometer")) {
        assertTrue(notice.contains(other), other);
      }
      assertTrue(text(jar, "META-INF/LICENSE").contains("Apache License"));
    }
  }

  private static NavigableSet<String> held() throws IOException {
    NavigableSet<String> held = new TreeSet<>();
    try (JarFile jar = new JarFile(jar())) {
      for (Path library : librariesOfTheseTests()) {
        if (holds(jar, library)) {
          held.add(nameAndVersion(library));
        }
      }
    }
    assertTrue(held.size() > 10, held::toString);
    return held;
  }

  private static File jar() {
    return new File(System.getProperty("pygmy.jar", "target/pygmy.jar"));
  }

  /** All that the jar could hold, and what only tests use. */
  private static List<Path> librariesOfTheseTests() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .toList();
  }

  /** By one class of the library that is in a package. */
  private static boolean holds(JarFile jar, Path library) throws IOException {
    try (JarFile own = new JarFile(library.toFile())) {
      Optional<String> sample =
          own.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.endsWith(".class") && name.contains("/"))
              .filter(name -> !name.startsWith("META-INF/"))
              .findFirst();
      return sample.isPresent() && jar.getEntry(sample.get()) != null;
    }
  }

  /** Of a file in a Maven repository, wherever that is. */
  private static String nameAndVersion(Path library) {
    Path version = library.getParent();
    return version.getParent().getFileName() + ":" + version.getFileName();
  }

  private static String text(JarFile jar, String name) throws IOException {
    return new String(
        jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String lines(NavigableSet<String> names) {
    return String.join("\n", names);
  }
}
