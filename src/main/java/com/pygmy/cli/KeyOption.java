package com.pygmy.cli;

import com.pygmy.domain.Limits;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --key} of every command that changes something. */
final class KeyOption {

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "of an earlier attempt, to ask again (default: a new one)")
  private String key;

  boolean isGiven() {
    return key != null;
  }

  /** The key given, or a new one. Ask once a command. */
  String orNew(Context context, CommandSpec spec) {
    if (key != null && !Limits.isKey(key)) {
      throw new ParameterException(
          spec.commandLine(),
          "--key is 1 to " + Limits.MAX_KEY_CHARS + " visible ASCII characters");
    }
    return Optional.ofNullable(key).orElseGet(context::newKey);
  }
}
