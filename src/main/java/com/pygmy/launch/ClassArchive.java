package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The classes that a node loads, as the JVM likes them best (JEP 350): a file beside the jar that
 * saves a node a third of its start, or more. It is made once for each build and each JVM, by a
 * {@link RehearseCommand} in a process of its own, and named after both.
 *
 * <p>Nothing depends on it: a node that finds none loads its classes from the jar.
 *
 * @param jar what it is made from
 * @param file where it is, or would be
 */
record ClassArchive(Path jar, Path file) {

  /** A rehearsal takes some ten seconds; one that takes as long as this is given up. */
  private static final long MAX_MILLIS = 120_000;

  private static final String SUFFIX = ".jsa";

  /** Of a program as it is now, for the JVM of this process. */
  static ClassArchive of(Program program) {
    Path jar = program.file();
    String build;
    try {
      build = Files.size(jar) + "-" + Files.getLastModifiedTime(jar).toMillis();
    } catch (IOException missing) {
      build = "none";
    }
    int jvm = (System.getProperty("java.home") + Runtime.version()).hashCode();
    String name = "%s-%s-%08x%s".formatted(jar.getFileName(), build, jvm, SUFFIX);
    return new ClassArchive(jar, jar.resolveSibling(name));
  }

  /** For a node: what makes it use the archive, if there is one that nobody else has put there. */
  List<String> flags() {
    return isThere()
        ? List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
        : List.of();
  }

  boolean isThere() {
    try {
      return Files.exists(file) && Files.getOwner(file).equals(Files.getOwner(jar));
    } catch (IOException unreadable) {
      return false;
    }
  }

  /**
   * Makes it, and removes those of other builds. Blocks for ten seconds or more.
   *
   * @return false if it could not be made, for want of room or rights, say; then there is none
   */
  boolean make(Program program) throws InterruptedException {
    Path made = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      removeOthers();
      if (!program.isOneJar() || !rehearse(program, made)) {
        return false;
      }
      try (FileChannel written = FileChannel.open(made, StandardOpenOption.WRITE)) {
        written.force(true);
      }
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (IOException failed) {
      return false;
    } finally {
      delete(made);
    }
  }

  private static boolean rehearse(Program program, Path made)
      throws IOException, InterruptedException {
    List<String> flags = new ArrayList<>(Launch.NODE_FLAGS);
    flags.addAll(Launch.NODE_HEAP);
    flags.add(Launch.NODE_COLLECTOR);
    flags.add("-XX:TieredStopAtLevel=1"); // as it lives for seconds only
    flags.add("-XX:ArchiveClassesAtExit=" + made);
    Process rehearsal =
        new ProcessBuilder(program.child(flags, List.of(RehearseCommand.NAME)))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    rehearsal.getOutputStream().close();
    try {
      return rehearsal.waitFor(MAX_MILLIS, TimeUnit.MILLISECONDS)
          && rehearsal.exitValue() == ExitCode.OK
          && Files.exists(made);
    } finally {
      rehearsal.destroyForcibly();
    }
  }

  private void removeOthers() throws IOException {
    try (Stream<Path> beside = Files.list(jar.getParent())) {
      beside
          .filter(path -> path.getFileName().toString().startsWith(jar.getFileName() + "-"))
          .filter(path -> path.getFileName().toString().contains(SUFFIX))
          .forEach(ClassArchive::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException stays) {
      // It lies among build products, and no JVM is told of it.
    }
  }
}
