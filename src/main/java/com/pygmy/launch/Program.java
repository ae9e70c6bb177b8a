package com.pygmy.launch;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How to start this program again as another process.
 *
 * @param self java and everything up to the arguments, without flags for the JVM
 * @param flagsAt where in {@code self} those flags go
 */
record Program(List<String> self, int flagsAt) {

  /**
   * Detaches a process from the terminal of this one: Ctrl-C there ends the supervisor, which then
   * stops its nodes in order. Without setsid (not everywhere) the signals are ignored instead,
   * which the JVM respects.
   */
  private static final String OWN_SESSION =
      "if command -v setsid >/dev/null 2>&1; then exec setsid \"$@\"; fi; trap '' INT HUP; exec"
          + " \"$@\"";

  Program {
    self = List.copyOf(self);
  }

  /** The program that is running, whose main class is this. */
  static Program ofThisProcess(Class<?> main) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    boolean isOneJar = classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
    // Only -jar heeds the manifest, which opens the JDK's packages to Netty and Hazelcast.
    return isOneJar
        ? new Program(List.of(java, "-jar", Path.of(classPath).toAbsolutePath().toString()), 1)
        : new Program(List.of(java, "-cp", classPath, main.getName()), 1);
  }

  /** A command for a process of its own session. */
  List<String> command(List<String> jvmFlags, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", OWN_SESSION, "sh"));
    command.addAll(child(jvmFlags, arguments));
    return command;
  }

  /** A command for a process of the same session, which Ctrl-C ends with this one. */
  List<String> child(List<String> jvmFlags, List<String> arguments) {
    List<String> command = new ArrayList<>(self.subList(0, flagsAt));
    command.addAll(jvmFlags);
    command.addAll(self.subList(flagsAt, self.size()));
    command.addAll(arguments);
    return command;
  }

  /** Is it run by {@code java -jar}? */
  boolean isOneJar() {
    return self.get(flagsAt).equals("-jar");
  }

  /** The file that runs: replaced by another build, it is another program. */
  Path file() {
    return Path.of(self.get(flagsAt + 1).split(File.pathSeparator, 2)[0]);
  }
}
