package com.pygmy.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values from the environment: {@code restock.everySeconds} is overridden by {@code
 * PYGMY_RESTOCK_EVERYSECONDS}, {@code nodes[0].http.port} by {@code PYGMY_NODES_0_HTTP_PORT}. An
 * empty variable counts as not set.
 */
final class Overrides {

  /** Read by the launcher and the client, not part of a conf. */
  static final Set<String> LAUNCHER_VARIABLES =
      Set.of("PYGMY_JAVA_OPTS", "PYGMY_HOME", "PYGMY_URL", "PYGMY_DATA", "PYGMY_CONF");

  private static final String PREFIX = "PYGMY_";
  private static final Pattern INDEX = Pattern.compile("_(\\d{1,4})_");

  static void apply(Map<String, String> environment, Settings settings) {
    new TreeMap<>(environment)
        .forEach(
            (variable, text) -> {
              boolean ours = variable.startsWith(PREFIX) && !text.isEmpty();
              if (ours && !LAUNCHER_VARIABLES.contains(variable)) {
                apply(variable, text, settings);
              }
            });
  }

  private static void apply(String variable, String text, Settings settings) {
    Matcher index = INDEX.matcher(variable);
    String place = index.find() ? index.group(1) : "";
    Optional<ConfKey> key = ConfKey.ofVariable(index.replaceFirst("[]_"));
    if (key.isEmpty()) {
      settings.error(variable, "no key of the conf has this variable" + hint(variable, place));
      return;
    }
    if (!place.isEmpty() && Integer.parseInt(place) >= settings.nodeCount()) {
      settings.error(
          variable, "there is no node " + place + "; they are counted from 0 as in the file");
      return;
    }
    String path = key.get().path().replace("[]", "[" + place + "]");
    Object value = key.get().kind().fromText(text);
    Optional<String> complaint = key.get().kind().complaint(value);
    if (complaint.isPresent()) {
      settings.error(path, complaint.get() + " (from " + variable + ")");
    } else {
      settings.put(path, value);
    }
  }

  private static String hint(String variable, String place) {
    String index = "_" + (place.isEmpty() ? "0" : place);
    Set<String> known = new TreeSet<>(LAUNCHER_VARIABLES);
    ConfKey.variables().forEach(name -> known.add(name.replace("[]", index)));
    return Spelling.hint(variable, PREFIX, known);
  }

  private Overrides() {}
}
