package com.pygmy.launch;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Where a process says that it runs: one file with the bare pid, for people and scripts, and one
 * with all of {@link Running}, which is what this program goes by. Each is replaced in one step.
 */
record PidFile(Path pid, Path process) {

  static PidFile ofNode(Path nodeFolder) {
    return new PidFile(nodeFolder.resolve("pid"), nodeFolder.resolve("process.json"));
  }

  static PidFile ofSupervisor(Path data) {
    return new PidFile(data.resolve("supervisor.pid"), data.resolve("supervisor.json"));
  }

  /**
   * What a process tells of itself.
   *
   * @param launch by what it was started, see {@link Launch#fingerprint}; empty: by hand
   * @param url of a frontend
   * @param joined is it a member of its cluster?
   */
  record Running(
      ProcessProof proof, String launch, List<String> roles, Optional<String> url, boolean joined) {
    Running {
      roles = List.copyOf(roles);
    }

    Running withJoined() {
      return new Running(proof, launch, roles, url, true);
    }
  }

  void write(Running running) {
    JsonObject json =
        new JsonObject()
            .put("pid", running.proof().pid())
            .put("birth", running.proof().birth())
            .put("launch", running.launch())
            .put("roles", new JsonArray(running.roles()))
            .put("joined", running.joined());
    running.url().ifPresent(url -> json.put("url", url));
    try {
      replace(process, json.encodePrettily());
      replace(pid, Long.toString(running.proof().pid()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was written last, by a process that may be gone; nothing if it is unreadable. */
  Optional<Running> read() {
    try {
      JsonObject json = new JsonObject(Files.readString(process));
      return Optional.of(
          new Running(
              new ProcessProof(json.getLong("pid", 0L), json.getString("birth", "")),
              json.getString("launch", ""),
              json.getJsonArray("roles", new JsonArray()).stream().map(String::valueOf).toList(),
              Optional.ofNullable(json.getString("url")),
              json.getBoolean("joined", false)));
    } catch (IOException | DecodeException | ClassCastException absent) {
      return Optional.empty();
    }
  }

  /** The process, if it lives. */
  Optional<ProcessHandle> alive() {
    return read().flatMap(running -> running.proof().alive());
  }

  /** Says that nothing runs; what ran is still told by {@link #read}. */
  void clear() {
    try {
      Files.deleteIfExists(pid);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void replace(Path file, String text) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(draft, text + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
