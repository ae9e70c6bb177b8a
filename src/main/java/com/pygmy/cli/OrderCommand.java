package com.pygmy.cli;

import com.pygmy.wire.json.Route;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "order",
    description = "Show an order.",
    footer = {"", "Example:", "  launcher/pygmy order 17"})
final class OrderCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Which which;

  /** One of the two. */
  private static final class Which {
    @Parameters(paramLabel = "NUMBER", description = "of the order")
    private Long number;

    @Option(names = "--key", paramLabel = "KEY", description = "with which it was bought")
    private String key;
  }

  OrderCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String path =
        which.number != null
            ? Route.READ_ORDER.path(which.number)
            : Route.FIND_ORDERS.path()
                + "?key="
                + URLEncoder.encode(which.key, StandardCharsets.UTF_8);
    return new Conversation(
            context, options, spec.commandLine().getOut(), spec.commandLine().getErr())
        .hold(
            Request.read(path),
            Optional.empty(),
            order -> Shown.order(order, spec.commandLine().getOut()));
  }
}
