package com.pygmy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where an administrator's command takes its token from. */
public final class AdminOptions {

  private static final String FILE = "admin-token";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "the admin token (default: PYGMY_ADMIN_TOKEN, or admin-token in the data folder)")
  private String token;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "the data folder (default: PYGMY_DATA, or data beside conf)")
  private Path data;

  /** Absent if nobody told one and the file is not there or not ours to read. */
  public Optional<String> token(Environment environment) {
    return Optional.ofNullable(token)
        .or(() -> environment.variable("PYGMY_ADMIN_TOKEN"))
        .or(() -> read(environment.data(Optional.ofNullable(data)).resolve(FILE)));
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
    } catch (IOException absent) {
      return Optional.empty();
    }
  }
}
