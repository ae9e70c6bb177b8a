package com.pygmy.frontend;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code openapi.yaml}: its operations, its examples, and what breaks its schemas. */
final class Contract {

  static final String PROBLEM = "application/problem+json";
  static final String DEFAULT = "default";

  private static final Set<String> METHODS = Set.of("get", "post", "patch", "put", "delete");

  private static final JsonSchemaOptions STRICT =
      new JsonSchemaOptions()
          .setBaseUri("https://contract.invalid/")
          .setDraft(Draft.DRAFT202012)
          .setOutputFormat(OutputFormat.Basic);

  private final JsonObject document;

  private Contract(JsonObject document) {
    this.document = document;
  }

  static Contract read() {
    try (InputStream in = Contract.class.getResourceAsStream("/openapi.yaml")) {
      Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return new Contract(new JsonObject(Json.encode(document)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What can be asked for.
   *
   * @param parameters of the path, the query and the head
   * @param bodies media type to what is said of it; empty: it takes none
   * @param responses status, or {@code default}, to what is said of it
   */
  record Operation(
      String id,
      String method,
      String template,
      boolean isForTheAdministrator,
      List<JsonObject> parameters,
      Map<String, JsonObject> bodies,
      Map<String, JsonObject> responses) {

    /** Those in {@code path}, {@code query} or {@code header}. */
    List<JsonObject> parameters(String where) {
      return parameters.stream().filter(one -> one.getString("in").equals(where)).toList();
    }

    boolean takesAKey() {
      return parameters.stream().anyMatch(one -> one.getString("name").equals("Idempotency-Key"));
    }

    boolean isRead() {
      return method.equals("GET");
    }
  }

  /** All of them, in the order of the document. */
  List<Operation> operations() {
    List<Operation> found = new ArrayList<>();
    members(document.getJsonObject("paths"))
        .forEach(
            (path, item) ->
                item.stream()
                    .filter(entry -> METHODS.contains(entry.getKey()))
                    .forEach(
                        entry ->
                            found.add(
                                operation(
                                    entry.getKey(), path, item, (JsonObject) entry.getValue()))));
    return found;
  }

  private Operation operation(String method, String path, JsonObject item, JsonObject described) {
    List<JsonObject> parameters =
        Stream.of(item, described)
            .flatMap(each -> each.getJsonArray("parameters", new JsonArray()).stream())
            .map(parameter -> resolved((JsonObject) parameter))
            .toList();
    JsonArray onlyTheAdministrator =
        new JsonArray().add(new JsonObject().put("administrator", new JsonArray()));
    return new Operation(
        described.getString("operationId"),
        method.toUpperCase(Locale.ROOT),
        path,
        onlyTheAdministrator.equals(described.getJsonArray("security")),
        parameters,
        content(described.getJsonObject("requestBody", new JsonObject())),
        members(described.getJsonObject("responses")));
  }

  /** Media type to what is said of it. */
  Map<String, JsonObject> content(JsonObject of) {
    return members(of.getJsonObject("content", new JsonObject()));
  }

  Map<String, JsonObject> headers(JsonObject response) {
    return members(response.getJsonObject("headers", new JsonObject()));
  }

  Map<String, JsonObject> components(String kind) {
    return members(document.getJsonObject("components").getJsonObject(kind));
  }

  /** By their names; {@code ""} of the only one. */
  Map<String, Object> examples(JsonObject of) {
    Map<String, Object> found = new LinkedHashMap<>();
    if (of.containsKey("example")) {
      found.put("", of.getValue("example"));
    }
    members(of.getJsonObject("examples", new JsonObject()))
        .forEach((name, example) -> found.put(name, example.getValue("value")));
    return found;
  }

  Object example(JsonObject of) {
    return examples(of).values().stream().findFirst().orElseThrow();
  }

  /** What is wrong with a value; empty when nothing is. */
  Optional<String> violation(JsonObject schema, Object value) {
    JsonObject whole =
        new JsonObject()
            .put("allOf", new JsonArray().add(schema))
            .put(
                "components",
                new JsonObject()
                    .put("schemas", document.getJsonObject("components").getJsonObject("schemas")))
            .copy();
    OutputUnit result = Validator.create(JsonSchema.of(whole), STRICT).validate(value);
    return result.getValid() ? Optional.empty() : Optional.of(result.toJson().encodePrettily());
  }

  /** A header or a parameter as what its schema takes it for. */
  Object typed(JsonObject schema, String text) {
    return "integer".equals(resolved(schema).getValue("type")) && text.matches("-?\\d{1,18}")
        ? Long.valueOf(text)
        : text;
  }

  private Map<String, JsonObject> members(JsonObject of) {
    Map<String, JsonObject> members = new LinkedHashMap<>();
    of.forEach(member -> members.put(member.getKey(), resolved((JsonObject) member.getValue())));
    return members;
  }

  private JsonObject resolved(JsonObject described) {
    String reference = described.getString("$ref");
    if (reference == null) {
      return described;
    }
    JsonObject at = document;
    for (String step : reference.substring(2).split("/", -1)) {
      at = at.getJsonObject(step);
    }
    return resolved(at);
  }
}
