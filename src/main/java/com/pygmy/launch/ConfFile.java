package com.pygmy.launch;

import com.pygmy.config.Conf;
import com.pygmy.config.ConfError;
import com.pygmy.config.ConfLoader;
import com.pygmy.config.LoadResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Loads a conf for a command. */
final class ConfFile {

  /**
   * The conf, for who starts none of its nodes; or nothing, and everything that is wrong with it
   * was told.
   */
  static Optional<Conf> load(Path file, Map<String, String> environment, PrintWriter err) {
    return loadToStart(file, environment, node -> false, err);
  }

  /** The same for who starts nodes; see {@link ConfLoader#loadToStart}. */
  static Optional<Conf> loadToStart(
      Path file, Map<String, String> environment, Predicate<String> starts, PrintWriter err) {
    LoadResult result = ConfLoader.loadToStart(file, environment, starts);
    if (result instanceof LoadResult.Invalid invalid) {
      err.println("the conf " + file + " is wrong:");
      for (ConfError error : invalid.errors()) {
        err.println("  " + error);
      }
      return Optional.empty();
    }
    return Optional.of(((LoadResult.Loaded) result).conf());
  }

  private ConfFile() {}
}
