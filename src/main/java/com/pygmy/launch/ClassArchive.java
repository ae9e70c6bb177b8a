package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The classes that a node loads, as the JVM likes them best (application class-data sharing): a
 * file beside the jar that saves a node about half of its start. It is made once for each build and
 * each JVM, by a {@link RehearseCommand} in a process of its own.
 *
 * <p>Nothing depends on it: a JVM that finds it missing, damaged or made for another jar or another
 * JVM loads its classes from the jar.
 *
 * @param file where it is, or would be
 * @param jar what it was made from
 */
record ClassArchive(Path file, Path jar) {

  /** A rehearsal takes some ten seconds; one that takes as long as this is given up. */
  private static final long MAX_MILLIS = 60_000;

  /** The archive of a program for the JVM of this process. */
  static ClassArchive of(Program program) {
    Path jar = program.file();
    int home = System.getProperty("java.home").hashCode();
    String jvm = "%s-%08x".formatted(Runtime.version(), home);
    return new ClassArchive(jar.resolveSibling(jar.getFileName() + "-" + jvm + ".jsa"), jar);
  }

  /** For a node: what makes it use the archive, if there is one. */
  List<String> flags() {
    return isCurrent()
        ? List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
        : List.of();
  }

  /**
   * Makes it if it is missing or older than the jar; only for a program that is one jar. If that
   * fails, for want of room or rights, say, there is none.
   *
   * @param say told before, as it takes a while
   */
  void makeIfMissing(Program program, Consumer<String> say) throws InterruptedException {
    if (isCurrent() || !program.isOneJar() || !Files.isWritable(jar.getParent())) {
      return;
    }
    say.accept("preparing faster starts, once: " + file.getFileName());
    Path made = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      if (rehearse(program, made)) {
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
      } else {
        say.accept("that did not work; nodes start without it");
      }
    } catch (IOException e) {
      say.accept("that did not work, nodes start without it: " + e.getMessage());
    } finally {
      delete(made);
    }
  }

  private static boolean rehearse(Program program, Path made)
      throws IOException, InterruptedException {
    List<String> flags = new ArrayList<>(Launch.NODE_FLAGS);
    flags.add(Launch.NODE_COLLECTOR);
    flags.add("-XX:ArchiveClassesAtExit=" + made);
    Process rehearsal =
        new ProcessBuilder(program.command(flags, List.of(RehearseCommand.NAME)))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return rehearsal.waitFor(MAX_MILLIS, TimeUnit.MILLISECONDS)
          && rehearsal.exitValue() == ExitCode.OK
          && Files.exists(made);
    } finally {
      rehearsal.destroyForcibly();
    }
  }

  private boolean isCurrent() {
    try {
      FileTime built = Files.getLastModifiedTime(jar);
      return Files.getLastModifiedTime(file).compareTo(built) >= 0;
    } catch (IOException missing) {
      return false;
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      // It lies in a folder of build products, and no JVM is told of it.
    }
  }
}
