package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** It helps where it can, and is never in the way. */
final class ClassArchiveTest {

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir private Path folder;
  private Path jar;

  @BeforeEach
  void build() throws Exception {
    jar = Files.writeString(folder.resolve("pygmy.jar"), "no jar at all");
  }

  @Test
  void nodesAreToldOfAnArchiveThatIsThere() throws Exception {
    assertEquals(List.of(), archive().flags());
    Files.writeString(archive().file(), "classes");
    assertEquals("-XX:SharedArchiveFile=" + archive().file(), archive().flags().get(0));
  }

  @Test
  void nodesAreNotToldOfTheArchiveOfAnotherBuild() throws Exception {
    Files.writeString(archive().file(), "classes");
    assertTrue(archive().isThere());
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000));
    assertEquals(List.of(), archive().flags(), "a build that is older");
    Files.writeString(archive().file(), "classes");
    assertTrue(archive().isThere());
    Files.writeString(jar, "no jar at all, but longer");
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000));
    assertEquals(List.of(), archive().flags(), "another build of the same moment");
  }

  @Test
  void whatCannotBeMadeIsDoneWithoutAndLeavesNothing() throws Exception {
    Files.writeString(folder.resolve("pygmy.jar-1-2-00000000.jsa"), "of another build");
    Files.writeString(folder.resolve("pygmy.jar-1-2-00000000.jsa.77"), "broken off");
    assertFalse(archive().make(new Program(List.of(JAVA, "-jar", jar.toString()), 1)));
    assertEquals(List.of(), archive().flags());
    try (var left = Files.list(folder)) {
      assertEquals(List.of(jar), left.toList());
    }
  }

  @Test
  void aProgramThatIsNotOneJarHasNone() throws Exception {
    assertFalse(archive().make(new Program(List.of(JAVA, "-cp", jar.toString(), "Main"), 1)));
  }

  private ClassArchive archive() {
    return ClassArchive.of(new Program(List.of(JAVA, "-jar", jar.toString()), 1));
  }
}
