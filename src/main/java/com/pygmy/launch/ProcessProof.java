package com.pygmy.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Names one process for ever: its pid, and when it was born. A pid alone may have gone to a
 * stranger since it was written down, whom nobody must signal.
 *
 * @param birth on Linux the boot and the tick in it, which no step of the wall clock changes;
 *     elsewhere the time of the start; empty if the system does not tell
 */
record ProcessProof(long pid, String birth) {

  private static final Path PROC = Path.of("/proc");

  /** In {@code /proc/PID/stat}, counted after the name of the program. */
  private static final int STATE_FIELD = 0;

  private static final int START_FIELD = 19;

  static ProcessProof ofThisProcess() {
    return of(ProcessHandle.current().pid());
  }

  /** Of a process that lives. */
  static ProcessProof of(long pid) {
    return new ProcessProof(pid, birthOf(pid).orElse(""));
  }

  /** The process, if it lives and is the one that was written down. A zombie is dead. */
  Optional<ProcessHandle> alive() {
    if (birth.isEmpty() || !birthOf(pid).equals(Optional.of(birth))) {
      return Optional.empty();
    }
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
  }

  boolean isAlive() {
    return alive().isPresent();
  }

  private static Optional<String> birthOf(long pid) {
    if (!Files.isReadable(PROC.resolve("self/stat"))) {
      return ProcessHandle.of(pid)
          .flatMap(process -> process.info().startInstant())
          .map(Instant::toString);
    }
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      if (fields[STATE_FIELD].equals("Z") || fields[STATE_FIELD].equals("X")) {
        return Optional.empty();
      }
      return Optional.of(boot() + "/" + fields[START_FIELD]);
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  private static String boot() throws IOException {
    return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
  }
}
