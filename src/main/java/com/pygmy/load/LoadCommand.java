package com.pygmy.load;

import com.pygmy.cli.Context;
import com.pygmy.cli.ShopClient;
import com.pygmy.load.Plan.Extent;
import com.pygmy.load.Plan.Pace;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "load",
    description =
        "Send customers to a shop: each looks a random book up, perhaps buys it, reads the order"
            + " back and compares. Tells how long everything took.",
    footer = {
      "",
      "A visit is a look-up, with a probability a buy of 1 to 5 units if there are any, and the"
          + " order",
      "read back, by its number or its key. A failed attempt is repeated elsewhere, with the same"
          + " key.",
      "",
      "Without --rate each customer comes again when the last visit is over. With it, visits begin"
          + " by",
      "the clock, and the latency of each counts from when it was due, so a shop that stands still",
      "does not hide it.",
      "",
      "Example:",
      "  launcher/pygmy load",
      "  launcher/pygmy load --clients 20 --duration 30s --books zipf --report report",
      "  launcher/pygmy load --rate 300 --duration 1m --json",
      "  launcher/pygmy load --url http://10.0.0.1:8081 --url http://10.0.0.2:8081 --forever",
      "",
      "Exit codes: 0 ok, 1 something was answered wrongly, 2 usage, 3 something was not answered.",
      "Ctrl-C ends the run and tells what it has seen."
    })
public final class LoadCommand implements Callable<Integer> {

  private static final int MOST_PER_SECOND = 100_000;
  private static final int MOST_OUTSTANDING = 10_000;

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private CrowdOptions options;

  @Option(
      names = "--buy-probability",
      paramLabel = "P",
      defaultValue = "0.75",
      description = "that a book in stock is bought, 0 to 1 (default: ${DEFAULT-VALUE})")
  private double buyProbability;

  @ArgGroup(exclusive = true)
  private ExtentOptions extent = new ExtentOptions();

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "so many visits begin each second, by the clock (default: no clock)")
  private Double rate;

  @Option(
      names = "--max-outstanding",
      paramLabel = "N",
      defaultValue = "500",
      description =
          "with --rate: a visit that is due while so many are under way is shed, and counted"
              + " (default: ${DEFAULT-VALUE})")
  private int maxOutstanding;

  @Option(
      names = "--gap",
      paramLabel = "TIME",
      defaultValue = "500ms",
      converter = DurationConverter.class,
      description =
          "tell of each time of this length in which somebody waited and nobody was served"
              + " (default: ${DEFAULT-VALUE})")
  private Duration gap;

  /** One of them, or the default. */
  static final class ExtentOptions {
    @Option(
        names = "--iterations",
        paramLabel = "N",
        description = "visits of each customer (default: 100)")
    private Integer iterations;

    @Option(
        names = "--duration",
        paramLabel = "TIME",
        converter = DurationConverter.class,
        description = "go on for so long, as 30s or 5m")
    private Duration duration;

    @Option(names = "--forever", description = "go on until interrupted")
    private boolean forever;

    Extent of(int clients) {
      if (forever) {
        return Extent.FOREVER;
      } else if (duration != null) {
        return Extent.nanos(duration.toNanos());
      }
      return Extent.visits((iterations == null ? 100L : iterations) * clients);
    }
  }

  private LoadCommand(Context context) {
    this.context = context;
  }

  /** Puts the command, and {@code load sweep}, below a root command. */
  public static void addTo(CommandLine root, Context context) {
    CommandLine load = new CommandLine(new LoadCommand(context));
    load.addSubcommand(new SweepCommand(context));
    load.setCaseInsensitiveEnumValuesAllowed(true);
    root.addSubcommand(load);
  }

  @Override
  public Integer call() throws IOException {
    options.check(spec);
    Plan plan = plan();
    PrintWriter err = spec.commandLine().getErr();
    try (ShopClient shop = options.open(options.urls(context), plan.connections(), context)) {
      BookIds books = BookIds.of(shop, err);
      if (books instanceof BookIds.Missing missing) {
        return missing.exitCode();
      }
      Run run =
          new Run(
              plan,
              shop,
              ((BookIds.Found) books).ids(),
              "load-" + context.newKey(),
              gap.toNanos(),
              context.nanoClock());
      try (Interruption interruption = new Interruption(run::stop)) {
        Figures figures = run.watch(Run.progress(err, context.isTerminal(), plan.extent()), "");
        return tell(plan, figures);
      }
    }
  }

  private Plan plan() {
    CrowdOptions.require(
        spec, buyProbability >= 0 && buyProbability <= 1, "--buy-probability is 0 to 1");
    CrowdOptions.require(
        spec,
        rate == null || (rate > 0 && rate <= MOST_PER_SECOND),
        "--rate is above 0, and " + MOST_PER_SECOND + " at most");
    CrowdOptions.require(
        spec,
        maxOutstanding >= 1 && maxOutstanding <= MOST_OUTSTANDING,
        "--max-outstanding is 1 to " + MOST_OUTSTANDING);
    CrowdOptions.require(
        spec, extent.iterations == null || extent.iterations >= 1, "--iterations is 1 or more");
    CrowdOptions.require(spec, gap.toNanos() > 0, "--gap is above 0");
    CrowdOptions.require(
        spec, extent.duration == null || extent.duration.toNanos() > 0, "--duration is above 0");
    return new Plan(
        options.clients(),
        buyProbability,
        options.popularity(),
        options.seed(context),
        extent.of(options.clients()),
        Optional.ofNullable(rate).map(perSecond -> new Pace(perSecond, maxOutstanding)));
  }

  private int tell(Plan plan, Figures figures) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Summary summary = new Summary(plan, figures);
    if (options.isJson()) {
      out.println(summary.json().encodePrettily());
    } else {
      summary.print(out);
    }
    Summary.complain("", figures, err);
    if (options.isReported()) {
      options.write(
          new RunReport(summary, options.urls(context), context.wallClock().get()).page(), spec);
    }
    out.flush();
    err.flush();
    return figures.exitCode();
  }
}
