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
    name = "restock",
    description = "Put units of a book on the shelf.",
    footer = {"", "Example:", "  launcher/pygmy books restock 2 50"})
final class RestockCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;
  @Mixin private KeyOption key;
  @Mixin private AdminOptions admin;

  @Parameters(index = "0", paramLabel = "ID", description = "of the book")
  private int id;

  @Parameters(index = "1", paramLabel = "QTY", description = "how many more")
  private int quantity;

  RestockCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String chosen = key.orNew(context, spec);
    JsonObject body = new JsonObject().put(JsonKeys.QUANTITY, quantity);
    Request request =
        Request.change("POST", Route.RESTOCK_BOOK.path(id), chosen, body)
            .authorized(admin.token(context.environment()));
    String again = "launcher/pygmy books restock %d %d --key '%s'".formatted(id, quantity, chosen);
    return new Conversation(
            context, options, spec.commandLine().getOut(), spec.commandLine().getErr())
        .hold(request, Optional.of(again), this::tell);
  }

  private void tell(JsonObject answer) {
    for (Object item : answer.getJsonArray(JsonKeys.ITEMS)) {
      JsonObject line = (JsonObject) item;
      spec.commandLine()
          .getOut()
          .println(
              line.getInteger(JsonKeys.QUANTITY)
                  + " more of book "
                  + line.getInteger(JsonKeys.BOOK));
    }
  }
}
