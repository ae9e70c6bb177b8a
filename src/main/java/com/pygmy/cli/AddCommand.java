package com.pygmy.cli;

import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.Route;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "add",
    description = "Add one book.",
    footer = {
      "",
      "Example:",
      "  launcher/pygmy books add --title 'Lud-in-the-Mist' --author 'Hope Mirrlees' \\",
      "      --topic fantasy --price-cents 1299 --stock 12"
    })
final class AddCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;
  @Mixin private KeyOption key;
  @Mixin private AdminOptions admin;

  @Option(names = "--id", paramLabel = "ID", description = "(default: the next free one)")
  private Integer id;

  @Option(names = "--title", required = true, paramLabel = "TEXT")
  private String title;

  @Option(names = "--author", required = true, paramLabel = "TEXT")
  private String author;

  @Option(names = "--topic", required = true, paramLabel = "TEXT")
  private String topic;

  @Option(names = "--price-cents", required = true, paramLabel = "N")
  private long priceCents;

  @Option(names = "--stock", required = true, paramLabel = "N")
  private int stock;

  AddCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String chosen = key.orNew(context, spec);
    JsonObject book =
        new JsonObject()
            .put(JsonKeys.TITLE, title)
            .put(JsonKeys.AUTHOR, author)
            .put(JsonKeys.TOPIC, topic)
            .put(JsonKeys.PRICE_CENTS, priceCents)
            .put(JsonKeys.STOCK, stock);
    Optional.ofNullable(id).ifPresent(given -> book.put(JsonKeys.ID, given));
    Request request =
        Request.change("POST", Route.ADD_BOOKS.path(), chosen, book)
            .authorized(admin.token(context.environment()));
    return new Conversation(
            context, options, spec.commandLine().getOut(), spec.commandLine().getErr())
        .hold(
            request,
            Optional.of("this command with --key '" + chosen + "'"),
            added -> Shown.book(added, spec.commandLine().getOut()));
  }
}
