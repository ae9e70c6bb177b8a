package com.pygmy.frontend;

import com.pygmy.frontend.Contract.Operation;
import com.pygmy.wire.json.ProblemType;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Holds answers to what the contract says of them. */
final class AnswerCheck {

  /** Of HTTP itself, and those that guard browsers: of no route in particular. */
  private static final Set<String> USUAL =
      Set.of(
          "content-type",
          "content-length",
          "transfer-encoding",
          "connection",
          "vary",
          "x-request-id",
          "x-content-type-options",
          "content-security-policy",
          "cross-origin-resource-policy",
          "cross-origin-opener-policy",
          "referrer-policy");

  private final Contract contract;

  AnswerCheck(Contract contract) {
    this.contract = contract;
  }

  /** Every answer that the contract names: {@code readBook 404 unknown-book}. */
  Set<String> documented() {
    Set<String> names = new TreeSet<>();
    for (Operation operation : contract.operations()) {
      operation
          .responses()
          .forEach((status, response) -> names.addAll(names(operation, status, response)));
    }
    return names;
  }

  private Set<String> names(Operation operation, String status, JsonObject response) {
    Set<String> names = new TreeSet<>();
    Map<String, JsonObject> content = contract.content(response);
    if (content.isEmpty()) {
      names.add(name(operation, status, ""));
    }
    content.forEach(
        (media, described) -> {
          if (media.equals(Contract.PROBLEM)) {
            contract
                .examples(described)
                .forEach(
                    (slug, example) ->
                        names.add(
                            status.equals(Contract.DEFAULT)
                                ? anywhere(((JsonObject) example).getInteger("status"), slug)
                                : name(operation, status, slug)));
          } else {
            names.add(name(operation, status, media));
          }
        });
    return names;
  }

  private static String name(Operation operation, Object status, String what) {
    return (operation.id() + " " + status + " " + what).strip();
  }

  private static String anywhere(int status, String slug) {
    return "any " + status + " " + slug;
  }

  /**
   * Fails when it is not as documented.
   *
   * @return which of the documented answers it is
   */
  String check(Operation operation, RawAnswer answer) {
    String what =
        answer.mediaType().equals(Contract.PROBLEM)
            ? slug(new JsonObject(answer.body()))
            : answer.mediaType();
    String name = name(operation, answer.status(), what);
    JsonObject response = operation.responses().get(Integer.toString(answer.status()));
    if (response == null || !names(operation, "" + answer.status(), response).contains(name)) {
      name = anywhere(answer.status(), what);
      response = operation.responses().get(Contract.DEFAULT);
      require(names(operation, Contract.DEFAULT, response).contains(name), "is not documented");
    }
    checkHeaders(operation, contract.headers(response), answer);
    JsonObject described = contract.content(response).get(answer.mediaType());
    if (described == null) {
      require(answer.body().isEmpty(), "has a body that is not documented");
    } else {
      checkBody(described, answer);
    }
    return name;
  }

  /** As {@link #check}, of the answer to a {@code HEAD}. */
  void checkHead(Operation operation, RawAnswer answer) {
    JsonObject response = operation.responses().get(Integer.toString(answer.status()));
    require(response != null, "is not documented");
    require(contract.content(response).containsKey(answer.mediaType()), "is of another type");
    require(answer.body().isEmpty(), "has a body");
    checkHeaders(operation, contract.headers(response), answer);
  }

  private void checkBody(JsonObject described, RawAnswer answer) {
    boolean isJson = answer.mediaType().endsWith("json");
    Object body = isJson ? Json.decodeValue(answer.body()) : answer.body();
    Optional<String> wrong = contract.violation(described.getJsonObject("schema"), body);
    require(wrong.isEmpty(), "breaks its schema: " + wrong.orElse(""));
    if (answer.mediaType().equals(Contract.PROBLEM)) {
      JsonObject problem = (JsonObject) body;
      require(problem.getInteger("status") == answer.status(), "names another status");
      require(
          problem.getString("requestId").equals(answer.headers().get("X-Request-Id")),
          "names another request id");
    }
  }

  private void checkHeaders(
      Operation operation, Map<String, JsonObject> documented, RawAnswer answer) {
    require(answer.headers().contains("X-Request-Id"), "has no request id");
    documented.forEach(
        (name, described) -> {
          String value = answer.headers().get(name);
          boolean isRequired = described.getBoolean("required", false);
          require(value != null || !isRequired, "has no " + name);
          if (value != null) {
            JsonObject schema = described.getJsonObject("schema");
            Optional<String> wrong = contract.violation(schema, contract.typed(schema, value));
            require(wrong.isEmpty(), "has a wrong " + name + ": " + wrong.orElse(""));
          }
        });
    Set<String> allowed = new TreeSet<>(USUAL);
    documented.keySet().forEach(name -> allowed.add(name.toLowerCase(Locale.ROOT)));
    if (operation.takesAKey()) {
      allowed.add("idempotency-key"); // every answer to a command may name it
    }
    for (String name : answer.headers().names()) {
      require(allowed.contains(name.toLowerCase(Locale.ROOT)), "has an undocumented " + name);
    }
  }

  private static String slug(JsonObject problem) {
    return problem.getString("type").substring(ProblemType.PREFIX.length());
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
