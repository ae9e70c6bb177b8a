package com.pygmy.cli;

import com.pygmy.wire.json.Route;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "lookup",
    description = "Show one book, with its stock.",
    footer = {"", "Example:", "  launcher/pygmy lookup 2"})
final class LookupCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;

  @Parameters(paramLabel = "ID", description = "of the book")
  private int id;

  LookupCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return new Conversation(
            context, options, spec.commandLine().getOut(), spec.commandLine().getErr())
        .hold(
            Request.read(Route.READ_BOOK.path(id)),
            Optional.empty(),
            book -> Shown.book(book, spec.commandLine().getOut()));
  }
}
