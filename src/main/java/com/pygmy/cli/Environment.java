package com.pygmy.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What the environment says about where things are. */
public record Environment(Map<String, String> variables) {

  public Environment {
    variables = Map.copyOf(variables);
  }

  /** Empty counts as not set. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /** The data folder: the one that was named, or {@code PYGMY_DATA}, or {@code data} at home. */
  public Path data(Optional<Path> named) {
    return named
        .or(() -> variable("PYGMY_DATA").map(Path::of))
        .orElseGet(() -> home().resolve("data"));
  }

  /**
   * The conf file: the one that was named, or {@code PYGMY_CONF}, or three nodes on one machine.
   */
  public Path conf(Optional<Path> named) {
    return named
        .or(() -> variable("PYGMY_CONF").map(Path::of))
        .orElseGet(() -> home().resolve("conf").resolve("local.json"));
  }

  private Path home() {
    return Path.of(variable("PYGMY_HOME").orElse(""));
  }
}
