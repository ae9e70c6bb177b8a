package com.pygmy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The options of every command that asks a store. */
public final class ClientOptions {

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

  @Option(names = "--json", description = "print what the server answers")
  private boolean json;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "over all attempts (default: ${DEFAULT-VALUE})")
  private int timeoutSeconds;

  boolean isJson() {
    return json;
  }

  ShopClient open(Context context) {
    return new ShopClient(
        urls(context.environment()),
        TimeUnit.SECONDS.toMillis(timeoutSeconds),
        context.nanoClock());
  }

  List<String> urls(Environment environment) {
    return urls(urls, environment);
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
