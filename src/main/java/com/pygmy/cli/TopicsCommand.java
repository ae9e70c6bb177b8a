package com.pygmy.cli;

import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.Route;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "topics",
    description = "List the topics.",
    footer = {"", "Example:", "  launcher/pygmy topics"})
final class TopicsCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;

  TopicsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return new Conversation(
            context, options, spec.commandLine().getOut(), spec.commandLine().getErr())
        .hold(Request.read(Route.LIST_TOPICS.path()), Optional.empty(), this::tell);
  }

  private void tell(JsonObject answer) {
    Table table = new Table("TOPIC", ">BOOKS");
    for (Object item : answer.getJsonArray(JsonKeys.ITEMS)) {
      JsonObject topic = (JsonObject) item;
      table.row(topic.getString(JsonKeys.TOPIC), topic.getLong(JsonKeys.BOOKS));
    }
    table.print(spec.commandLine().getOut());
  }
}
