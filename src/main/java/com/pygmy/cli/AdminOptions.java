package com.pygmy.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
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
        .or(() -> inVariable(environment))
        .or(() -> inFile(data(environment).resolve(FILE)));
  }

  /** The data folder. */
  public Path data(Environment environment) {
    return environment.data(Optional.ofNullable(data));
  }

  /** The first one of the environment, which may name several for a frontend to know. */
  public static Optional<String> inVariable(Environment environment) {
    return environment.variable("PYGMY_ADMIN_TOKEN").map(several -> several.split(",", 2)[0]);
  }

  /** The first line of the file, which may have several for a frontend to know. */
  public static Optional<String> inFile(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(String::strip).filter(line -> !line.isEmpty()).findFirst();
    } catch (IOException | UncheckedIOException absent) {
      return Optional.empty();
    }
  }
}
