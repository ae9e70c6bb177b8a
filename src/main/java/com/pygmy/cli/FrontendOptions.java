package com.pygmy.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which frontends a command asks, and for how long. */
public final class FrontendOptions {

  private static final List<String> LOCAL_URLS =
      List.of("http://127.0.0.1:8081", "http://127.0.0.1:8082", "http://127.0.0.1:8083");

  @Option(
      names = "--url",
      split = ",",
      paramLabel = "URL",
      description =
          "a frontend; give several, the next one is asked when one does not answer"
              + " (default: PYGMY_URL, or ports 8081 to 8083 of this machine)")
  private List<String> urls = new ArrayList<>();

  @Mixin private AuthoritiesOption authorities;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "over all attempts of a request (default: ${DEFAULT-VALUE})")
  private int timeoutSeconds;

  /** The frontends to ask. */
  public List<String> urls(Environment environment) {
    return urls(urls, environment);
  }

  /** By whose certificates frontends prove themselves; absent: those that Java trusts. */
  public Optional<Path> authorities() {
    return authorities.file();
  }

  /** For one request with all its attempts. */
  public long timeoutMillis() {
    return TimeUnit.SECONDS.toMillis(timeoutSeconds);
  }

  /**
   * The frontends to ask.
   *
   * @param named on the command line; none: those of the environment, or of this machine
   */
  public static List<String> urls(List<String> named, Environment environment) {
    List<String> given =
        named.isEmpty()
            ? environment
                .variable("PYGMY_URL")
                .map(list -> List.of(list.split(",", -1)))
                .orElse(LOCAL_URLS)
            : named;
    return given.stream().map(String::strip).map(url -> url.replaceFirst("/+$", "")).toList();
  }
}
