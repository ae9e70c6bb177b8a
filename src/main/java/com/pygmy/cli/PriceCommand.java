package com.pygmy.cli;

import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.Route;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "price",
    description = "Set the price of a book.",
    footer = {"", "Example:", "  launcher/pygmy books price 2 1999"})
final class PriceCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;
  @Mixin private KeyOption key;
  @Mixin private AdminOptions admin;

  @Parameters(index = "0", paramLabel = "ID", description = "of the book")
  private int id;

  @Parameters(index = "1", paramLabel = "CENTS", description = "its new price")
  private long cents;

  PriceCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String chosen = key.orNew(context, spec);
    JsonObject body = new JsonObject().put(JsonKeys.PRICE_CENTS, cents);
    Request request =
        Request.change("PATCH", Route.REVISE_BOOK.path(id), chosen, body)
            .authorized(admin.token(context.environment()));
    return new Conversation(
            context, options, spec.commandLine().getOut(), spec.commandLine().getErr())
        .hold(
            request,
            Optional.of("launcher/pygmy books price %d %d --key '%s'".formatted(id, cents, chosen)),
            book -> Shown.book(book, spec.commandLine().getOut()));
  }
}
