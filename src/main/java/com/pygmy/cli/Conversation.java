package com.pygmy.cli;

import com.pygmy.cli.Answer.Said;
import com.pygmy.cli.Answer.Unavailable;
import com.pygmy.cli.Answer.Unknown;
import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.ProblemType;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Asks once and tells the answer: to people, or as JSON; what went wrong with what to do next. */
record Conversation(Context context, ClientOptions options, PrintWriter out, PrintWriter err) {

  /**
   * Asks and tells.
   *
   * @param tell shows the body of a good answer to people
   * @param again the command that repeats a change with its key
   * @return an {@link ExitCode}
   */
  int hold(Request request, Optional<String> again, Consumer<JsonObject> tell) {
    try (ShopClient client = options.open(context)) {
      Answer answer = client.askAndWait(request);
      if (answer instanceof Said said) {
        return said(said, tell);
      } else if (answer instanceof Unknown unknown) {
        err.println("It is not known whether it happened (" + unknown.why() + ").");
        again.ifPresent(command -> err.println("Ask again with the same key: " + command));
        return ExitCode.UNAVAILABLE;
      }
      return ((Unavailable) answer).tell(err, request.isChange());
    }
  }

  private int said(Said said, Consumer<JsonObject> tell) {
    if (options.isJson()) {
      out.println(said.body());
    }
    JsonObject body;
    try {
      body = new JsonObject(said.body());
    } catch (DecodeException e) {
      err.println("The answer is not JSON (status " + said.status() + "): is this a frontend?");
      return ExitCode.UNAVAILABLE;
    }
    if (!said.isFine()) {
      problem(body, said.status());
      return ExitCode.REFUSED;
    }
    if (!options.isJson()) {
      tell.accept(body);
      if (said.isReplay()) {
        out.println("(this key had been answered before; nothing was done twice)");
      }
    }
    return ExitCode.OK;
  }

  /** Tells people what the server refused, and what to do about it. */
  void problem(JsonObject problem, int status) {
    Optional<ProblemType> type = ProblemType.ofUri(problem.getString(JsonKeys.TYPE, ""));
    String title = problem.getString(JsonKeys.TITLE, "refused with status " + status);
    err.println(title + ". " + problem.getString(JsonKeys.DETAIL, ""));
    if (type.equals(Optional.of(ProblemType.OUT_OF_STOCK))) {
      err.println("Left: " + left(problem) + ".");
    } else {
      type.flatMap(Conversation::advice).ifPresent(err::println);
    }
  }

  private static String left(JsonObject problem) {
    return problem.getJsonArray(JsonKeys.BOOKS, new JsonArray()).stream()
        .map(JsonObject.class::cast)
        .map(book -> book.getLong(JsonKeys.LEFT) + " of book " + book.getInteger(JsonKeys.BOOK))
        .collect(Collectors.joining(", "));
  }

  private static Optional<String> advice(ProblemType type) {
    return Optional.ofNullable(
        switch (type) {
          case UNKNOWN_BOOK ->
              "See what there is: launcher/pygmy topics, launcher/pygmy search TOPIC";
          case KEY_CONFLICT, KEY_TOO_OLD -> "Leave out --key, and a new one is made.";
          case UNAUTHORIZED ->
              "Give the admin token with --token or PYGMY_ADMIN_TOKEN, or name the data folder that"
                  + " holds the file admin-token with --data.";
          case VERSION_MISMATCH -> "Look at it first: launcher/pygmy lookup ID";
          case BOOK_EXISTS -> "Use another id, or 'books import --update'.";
          default -> null;
        });
  }
}
