package com.pygmy.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The script that runs on hosts, {@code host.sh}, as one command for a shell there. */
final class HostScript {

  private static final String TEXT = read();

  /** The command that does a step, whatever is in its words. */
  static String command(List<String> words) {
    List<String> quoted = new ArrayList<>(List.of("sh", "-c", quote(TEXT), "host.sh"));
    words.forEach(word -> quoted.add(quote(word)));
    return String.join(" ", quoted);
  }

  /** One word for a POSIX shell, the same that was given. */
  static String quote(String word) {
    if (word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("no word of a command line: " + word);
    }
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private static String read() {
    try (InputStream script = HostScript.class.getResourceAsStream("host.sh")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HostScript() {}
}
