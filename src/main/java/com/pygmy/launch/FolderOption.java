package com.pygmy.launch;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --data}, the same for every command that works on the folder. */
final class FolderOption {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "the data folder (default: PYGMY_DATA, or data beside conf)")
  private Path data;

  DataFolder folder(Surroundings surroundings) {
    return new DataFolder(surroundings.environment().data(Optional.ofNullable(data)));
  }
}
