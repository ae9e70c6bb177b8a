package com.pygmy.load;

import com.pygmy.cli.Context;
import com.pygmy.cli.FrontendOptions;
import com.pygmy.cli.ShopClient;
import com.pygmy.load.Plan.Extent;
import com.pygmy.load.Sweep.Point;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "sweep",
    description =
        "Run with buy probability 0.0, 0.1 to 0.8, and draw latency over it: of one shop, or of one"
            + " with and one without caches.",
    footer = {
      "",
      "Whether frontends keep copies is for the conf to say (cache.enabled), so it takes two"
          + " shops.",
      "They are asked in turn, so that what happens to the machine happens to both. Buys empty the",
      "shelves: fill them up often (restock.everySeconds).",
      "",
      "Example:",
      "  sed 's/: 80/: 81/; s/: 90/: 91/; s/: 57/: 58/' conf/local.json > conf/uncached.json",
      "  export PYGMY_RESTOCK_EVERYSECONDS=1",
      "  launcher/pygmy up --detach",
      "  PYGMY_CACHE_ENABLED=false launcher/pygmy up --detach --conf conf/uncached.json \\",
      "      --data data-uncached",
      "  launcher/pygmy load sweep --report sweep \\",
      "      --uncached-url http://127.0.0.1:8181,http://127.0.0.1:8182,http://127.0.0.1:8183"
    })
final class SweepCommand implements Callable<Integer> {

  /** The probabilities are the tenths up to here. */
  static final double LAST = 0.8;

  private static final int TENTHS = 8;
  private static final long GAP_NANOS = 500_000_000;
  private static final double WARM_UP_PROBABILITY = 0.5;

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private CrowdOptions options;

  @Option(
      names = "--uncached-url",
      split = ",",
      paramLabel = "URL",
      description = "a frontend of the shop without caches (default: only one shop is asked)")
  private List<String> uncachedUrls = new ArrayList<>();

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description = "of each of the runs (default: ${DEFAULT-VALUE})")
  private Duration duration;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description = "at each shop, before anything counts (default: ${DEFAULT-VALUE})")
  private Duration warmUp;

  private Optional<Run> running = Optional.empty();
  private boolean isStopped;

  /** One of the shops, and what was seen of it so far. */
  private record Shop(String name, ShopClient client, List<Integer> books, List<Point> points) {}

  SweepCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    CrowdOptions.require(
        spec,
        spec.parent().commandLine().getParseResult().matchedOptions().isEmpty(),
        "options of a sweep come after the word sweep");
    options.check(spec);
    CrowdOptions.require(spec, duration.toNanos() > 0, "--duration is above 0");
    PrintWriter err = spec.commandLine().getErr();
    List<List<String>> urls = new ArrayList<>();
    urls.add(options.urls(context));
    if (!uncachedUrls.isEmpty()) {
      urls.add(FrontendOptions.urls(uncachedUrls, context.environment()));
    }
    List<ShopClient> clients = new ArrayList<>();
    List<Shop> shops = new ArrayList<>();
    try {
      for (List<String> some : urls) {
        ShopClient client = options.open(some, options.clients(), context);
        clients.add(client);
        BookIds books = BookIds.of(client, err);
        if (books instanceof BookIds.Missing missing) {
          return missing.exitCode();
        }
        String name = shops.isEmpty() ? "cache on" : "cache off";
        shops.add(new Shop(name, client, ((BookIds.Found) books).ids(), new ArrayList<>()));
      }
      try (Interruption interruption = new Interruption(this::stop)) {
        long seed = options.seed(context);
        sweep(shops, seed);
        return tell(shops, seed);
      }
    } finally {
      clients.forEach(ShopClient::close);
    }
  }

  private void sweep(List<Shop> shops, long seed) {
    if (warmUp.toNanos() > 0) {
      shops.forEach(
          shop -> run(shop, WARM_UP_PROBABILITY, warmUp, seed, "warm-up, " + shop.name()));
    }
    for (int tenth = 0; tenth <= TENTHS; tenth++) {
      double probability = tenth / 10.0;
      for (Shop shop : shops) {
        String label = String.format(Locale.ROOT, "buys %.1f, %s", probability, shop.name());
        run(shop, probability, duration, seed + tenth, label)
            .ifPresent(figures -> shop.points().add(new Point(probability, figures)));
      }
    }
  }

  /** Empty once the sweep was interrupted. */
  private Optional<Figures> run(
      Shop shop, double probability, Duration time, long seed, String label) {
    Plan plan =
        new Plan(
            options.clients(),
            probability,
            options.popularity(),
            seed,
            Extent.nanos(time.toNanos()),
            Optional.empty());
    Run run =
        new Run(
            plan,
            shop.client(),
            shop.books(),
            "load-" + context.newKey(),
            GAP_NANOS,
            context.nanoClock());
    if (!begins(run)) {
      return Optional.empty();
    }
    Figures figures =
        run.watch(
            Run.progress(spec.commandLine().getErr(), context.isTerminal(), plan.extent()),
            label + ": ");
    return wasStopped() ? Optional.empty() : Optional.of(figures);
  }

  private synchronized boolean begins(Run run) {
    running = Optional.of(run);
    return !isStopped;
  }

  private synchronized boolean wasStopped() {
    return isStopped;
  }

  private synchronized void stop() {
    isStopped = true;
    running.ifPresent(Run::stop);
  }

  private int tell(List<Shop> shops, long seed) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Sweep sweep =
        new Sweep(
            seed, shops.get(0).points(), shops.size() > 1 ? shops.get(1).points() : List.of());
    if (options.isJson()) {
      out.println(sweep.json().encodePrettily());
    } else {
      sweep.print(out);
    }
    shops.forEach(
        shop ->
            shop.points()
                .forEach(
                    point ->
                        Summary.complain(
                            shop.name() + ", buys " + Sweep.probability(point) + ", ",
                            point.figures(),
                            err)));
    if (options.isReported()) {
      options.write(
          new SweepReport(sweep, told(shops, seed), context.wallClock().get()).page(), spec);
    }
    out.flush();
    err.flush();
    return sweep.exitCode();
  }

  private String told(List<Shop> shops, long seed) {
    return String.format(
        Locale.ROOT,
        "%,d clients, each coming again when its last visit is over; books %s; %,.0f s at each shop"
            + " for each probability, in turn; seed %d. Shops: %s.",
        options.clients(),
        options.popularity().label(),
        duration.toNanos() / 1e9,
        seed,
        shops.size() > 1 ? "one with caches, one without" : "one");
  }
}
