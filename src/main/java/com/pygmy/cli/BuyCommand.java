package com.pygmy.cli;

import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.Route;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "buy",
    description = "Buy a book, once, however often it has to be asked for.",
    footer = {
      "",
      "The key names this purchase: the same key again gives the same order.",
      "",
      "Example:",
      "  launcher/pygmy buy 2 -n 3 --customer ada"
    })
final class BuyCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;
  @Mixin private KeyOption key;

  @Parameters(paramLabel = "ID", description = "of the book")
  private int id;

  @Option(
      names = {"-n", "--quantity"},
      paramLabel = "QTY",
      defaultValue = "1",
      description = "how many (default: ${DEFAULT-VALUE})")
  private int quantity;

  @Option(names = "--customer", paramLabel = "NAME", description = "kept with the order")
  private String customer;

  BuyCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String chosen = key.orNew(context, spec);
    if (!key.isGiven()) {
      // Before anything is sent: whoever ends this command half-way can still find out.
      spec.commandLine().getErr().println("key: " + chosen);
      spec.commandLine().getErr().flush();
    }
    JsonObject line = new JsonObject().put(JsonKeys.BOOK, id).put(JsonKeys.QUANTITY, quantity);
    JsonObject body = new JsonObject().put(JsonKeys.ITEMS, new JsonArray().add(line));
    Optional.ofNullable(customer).ifPresent(name -> body.put(JsonKeys.CUSTOMER, name));
    return new Conversation(
            context, options, spec.commandLine().getOut(), spec.commandLine().getErr())
        .hold(
            Request.change("POST", Route.PLACE_ORDER.path(), chosen, body),
            Optional.of(again(chosen)),
            order -> Shown.order(order, spec.commandLine().getOut()));
  }

  /** This command with its key. */
  private String again(String chosen) {
    return "launcher/pygmy buy %d -n %d --key '%s'%s"
        .formatted(id, quantity, chosen, customer == null ? "" : " --customer '" + customer + "'");
  }
}
