package com.pygmy.load;

import com.pygmy.cli.Context;
import com.pygmy.cli.FrontendOptions;
import com.pygmy.cli.ShopClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of every run: whom to ask, by how many, for what, and where it is told. */
final class CrowdOptions {

  private static final int MOST_CLIENTS = 5_000;

  @Mixin private FrontendOptions frontends;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "5",
      description = "customers, spread over the frontends (default: ${DEFAULT-VALUE})")
  private int clients;

  @Option(
      names = "--books",
      paramLabel = "HOW",
      defaultValue = "uniform",
      description =
          "which of the shop's books are asked for: uniform, or zipf, the n-th one n-th as often"
              + " as the first (default: ${DEFAULT-VALUE})")
  private Popularity popularity;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "the same choices again (default: others each time)")
  private Long seed;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "write a page with pictures, DIR/index.html")
  private Path report;

  @Option(names = "--json", description = "print the figures for programs")
  private boolean json;

  /** Complains of what makes no sense, before anything is sent. */
  void check(CommandSpec spec) {
    require(spec, clients >= 1 && clients <= MOST_CLIENTS, "--clients is 1 to " + MOST_CLIENTS);
    require(spec, frontends.timeoutMillis() >= 1, "--timeout is 1 or more");
    if (report != null) {
      try {
        Files.createDirectories(report);
      } catch (IOException e) {
        throw new ParameterException(
            spec.commandLine(), "--report: cannot make the folder " + report + ": " + e);
      }
    }
  }

  static void require(CommandSpec spec, boolean holds, String rule) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), rule);
    }
  }

  int clients() {
    return clients;
  }

  Popularity popularity() {
    return popularity;
  }

  boolean isJson() {
    return json;
  }

  boolean isReported() {
    return report != null;
  }

  /** Writes the report, and says where it is: not among figures for programs. */
  void write(Page page, CommandSpec spec) throws IOException {
    Path written = Page.write(report, page);
    (json ? spec.commandLine().getErr() : spec.commandLine().getOut())
        .println("report: " + written);
  }

  List<String> urls(Context context) {
    return frontends.urls(context.environment());
  }

  /** The one given, or another one each time. */
  long seed(Context context) {
    return seed != null ? seed : context.newKey().hashCode() & Integer.MAX_VALUE;
  }

  ShopClient open(List<String> urls, int connections, Context context) {
    return new ShopClient(
        urls, frontends.timeoutMillis(), connections, frontends.authorities(), context.nanoClock());
  }
}
