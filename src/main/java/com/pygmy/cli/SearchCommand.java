package com.pygmy.cli;

import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.Route;
import io.vertx.core.json.JsonObject;
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
    name = "search",
    description = "List the books of a topic, or find books by words of title and author.",
    footer = {
      "",
      "Example:",
      "  launcher/pygmy search distributed-systems",
      "  launcher/pygmy search --text 'garcia sol'"
    })
final class SearchCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;

  @ArgGroup(multiplicity = "1")
  private Wanted wanted;

  /** One of the two. */
  static final class Wanted {
    @Parameters(paramLabel = "TOPIC", description = "as 'topics' lists them")
    private String topic;

    @Option(
        names = "--text",
        paramLabel = "WORDS",
        description = "all of them in title or author, the last may be a beginning; best first")
    private String text;

    private String query() {
      return topic != null ? "?topic=" + encoded(topic) : "?q=" + encoded(text);
    }

    /** As it was typed, or could have been. */
    private String argument() {
      return topic != null ? quoted(topic) : "--text " + quoted(text);
    }

    private static String quoted(String text) {
      return "'" + text.replace("'", "'\\''") + "'";
    }
  }

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "so many at most, 100 or less (default: ${DEFAULT-VALUE})")
  private int limit;

  @Option(names = "--after", paramLabel = "CURSOR", description = "go on behind an earlier answer")
  private String after;

  private boolean isEmpty;

  SearchCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String query =
        wanted.query() + "&limit=" + limit + (after == null ? "" : "&after=" + encoded(after));
    Conversation conversation =
        new Conversation(
            context, options, spec.commandLine().getOut(), spec.commandLine().getErr());
    int exitCode =
        conversation.hold(
            Request.read(Route.LIST_BOOKS.path() + query), Optional.empty(), this::tell);
    return exitCode == ExitCode.OK && isEmpty ? ExitCode.REFUSED : exitCode;
  }

  private void tell(JsonObject page) {
    Table table = new Table(">ID", "TITLE", "AUTHOR", ">PRICE");
    for (Object item : page.getJsonArray(JsonKeys.ITEMS)) {
      JsonObject book = (JsonObject) item;
      table.row(
          book.getInteger(JsonKeys.ID),
          book.getString(JsonKeys.TITLE),
          book.getString(JsonKeys.AUTHOR),
          Money.of(book.getLong(JsonKeys.PRICE_CENTS)));
    }
    isEmpty = table.isEmpty();
    if (isEmpty) {
      spec.commandLine()
          .getErr()
          .println(
              wanted.topic != null
                  ? "There are no books on '"
                      + wanted.topic
                      + "'. See the topics: launcher/pygmy topics"
                  : "No book has all these words. Fewer, or only their beginning, may find some.");
      return;
    }
    table.print(spec.commandLine().getOut());
    Optional.ofNullable(page.getString(JsonKeys.NEXT))
        .ifPresent(
            next ->
                spec.commandLine()
                    .getOut()
                    .println(
                        "There are more: launcher/pygmy search "
                            + wanted.argument()
                            + " --after "
                            + next));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
