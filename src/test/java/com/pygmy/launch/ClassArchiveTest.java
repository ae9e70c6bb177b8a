package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** It helps where it can, and is never in the way. */
final class ClassArchiveTest {

  @TempDir private Path folder;
  private Path jar;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void build() throws Exception {
    jar = Files.writeString(folder.resolve("pygmy.jar"), "no jar at all");
  }

  @Test
  void nodesAreToldOfAnArchiveThatIsThere() throws Exception {
    ClassArchive archive = ClassArchive.of(program("java"));
    assertEquals(List.of(), archive.flags());
    Files.writeString(archive.file(), "classes");
    assertEquals("-XX:SharedArchiveFile=" + archive.file(), archive.flags().get(0));
  }

  @Test
  void nodesAreNotToldOfAnArchiveThatIsOlderThanTheJar() throws Exception {
    ClassArchive archive = ClassArchive.of(program("java"));
    Files.writeString(archive.file(), "classes");
    Files.setLastModifiedTime(archive.file(), FileTime.fromMillis(1_000));
    assertEquals(List.of(), archive.flags());
  }

  @Test
  void whatCannotBeMadeIsDoneWithout() throws Exception {
    Program broken = program(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ClassArchive archive = ClassArchive.of(broken);
    archive.makeIfMissing(broken, said::add);
    assertEquals(List.of(), archive.flags());
    assertTrue(said.get(1).startsWith("that did not work"), said.toString());
    try (var left = Files.list(folder)) {
      assertEquals(List.of(jar), left.toList());
    }
  }

  @Test
  void aProgramThatIsNotOneJarHasNone() throws Exception {
    Program classes = new Program(List.of("java", "-cp", jar.toString(), "Main"), 1);
    ClassArchive.of(classes).makeIfMissing(classes, said::add);
    assertEquals(List.of(), said);
  }

  private Program program(String java) {
    return new Program(List.of(java, "-jar", jar.toString()), 1);
  }
}
