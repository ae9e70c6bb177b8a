package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.frontend.Contract.Operation;
import com.pygmy.wire.json.ProblemType;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code openapi.yaml} has an example of everything, and they are what it says they are. */
class ContractExamplesTest {

  private static final Pattern CODE = Pattern.compile("`([a-z-]+)`");

  private final Contract contract = Contract.read();

  /** All that has a schema and wants an example, by where it is. */
  private Map<String, JsonObject> described() {
    Map<String, JsonObject> all = new LinkedHashMap<>();
    for (Operation operation : contract.operations()) {
      String id = operation.id();
      operation.parameters().forEach(one -> all.put(id + " " + one.getString("name"), one));
      operation.bodies().forEach((media, body) -> all.put(id + " " + media, body));
      operation
          .responses()
          .forEach(
              (status, response) -> {
                contract
                    .content(response)
                    .forEach((media, one) -> all.put(id + " " + status + " " + media, one));
                contract
                    .headers(response)
                    .forEach((name, one) -> all.put(id + " " + status + " " + name, one));
              });
    }
    return all;
  }

  @Test
  void everyParameterBodyAndAnswerHasOne() {
    Map<String, JsonObject> all = described();
    assertTrue(all.size() > 300, all.size() + " are looked at");
    Set<String> without = new TreeSet<>();
    all.forEach(
        (where, described) -> {
          boolean isHeaderOfAnAnswer = where.matches("\\w+ (\\d+|default) [^/]+");
          if (!isHeaderOfAnAnswer && contract.examples(described).isEmpty()) {
            without.add(where);
          }
        });
    assertEquals(Set.of(), without);
  }

  @Test
  void eachKeepsToItsSchema() {
    List<Executable> checks = new ArrayList<>();
    described()
        .forEach(
            (where, described) ->
                contract
                    .examples(described)
                    .forEach(
                        (name, example) ->
                            checks.add(
                                () ->
                                    assertEquals(
                                        Optional.empty(),
                                        contract.violation(
                                            described.getJsonObject("schema"), example),
                                        where + " " + name))));
    assertAll(checks);
  }

  /** By name, so that an answer of that type can be held to it. */
  @Test
  void anAnswerHasOneOfEachProblemTypeThatItNames() {
    Set<String> slugs =
        Arrays.stream(ProblemType.values()).map(ProblemType::slug).collect(Collectors.toSet());
    for (Operation operation : contract.operations()) {
      operation
          .responses()
          .forEach(
              (status, response) -> {
                JsonObject problem = contract.content(response).get(Contract.PROBLEM);
                if (problem != null) {
                  Set<String> named =
                      CODE.matcher(response.getString("description"))
                          .results()
                          .map(found -> found.group(1))
                          .filter(slugs::contains)
                          .collect(Collectors.toCollection(TreeSet::new));
                  assertEquals(
                      named,
                      new TreeSet<>(contract.examples(problem).keySet()),
                      operation.id() + " " + status);
                }
              });
    }
  }

  @Test
  void thoseOfProblemsAreAsProblemsAreAnswered() {
    for (Operation operation : contract.operations()) {
      operation
          .responses()
          .forEach(
              (status, response) ->
                  Optional.ofNullable(contract.content(response).get(Contract.PROBLEM))
                      .ifPresent(
                          problem ->
                              contract
                                  .examples(problem)
                                  .forEach(
                                      (slug, example) ->
                                          checkProblem(status, slug, (JsonObject) example))));
    }
  }

  private static void checkProblem(String status, String slug, JsonObject example) {
    ProblemType type = ProblemType.ofUri(example.getString("type")).orElseThrow();
    assertEquals(slug, type.slug());
    assertEquals(type.title(), example.getString("title"));
    String itsOwn = example.getInteger("status").toString();
    assertTrue(status.equals(itsOwn) || status.equals(Contract.DEFAULT), status + " " + slug);
    assertTrue(type.status() == example.getInteger("status") || itsOwn.equals("400"), slug);
  }

  @Test
  void noneIsLeftOver() {
    Set<String> used = new TreeSet<>();
    described().values().forEach(d -> contract.examples(d).values().forEach(e -> used.add("" + e)));
    contract
        .components("examples")
        .forEach((name, one) -> assertTrue(used.contains("" + one.getValue("value")), name));
  }

  /** The checker itself: what it must not let pass. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "Book|{\"id\":7}",
        "Book|[]",
        "BookId|0",
        "BookId|7.5",
        "BookId|\"7\"",
        "Title|\"\"",
        "Key|\"a b\"",
        "Books|{\"items\":[{\"id\":7}]}",
        "Purchase|{\"items\":[]}",
        "Purchase|{\"items\":[{\"book\":7,\"quantity\":1}],\"more\":1}",
        "Revision|{}",
        "Order|{\"number\":1,\"items\":[{\"book\":7,\"quantity\":1,\"priceCents\":1}],"
            + "\"totalCents\":1,\"at\":\"yesterday\"}",
        "Problem|{\"type\":\"/problems/other\",\"title\":\"\",\"status\":404,\"detail\":\"\","
            + "\"requestId\":\"\"}"
      })
  void whatBreaksASchemaIsSeen(String schema, String value) {
    JsonObject reference = new JsonObject().put("$ref", "#/components/schemas/" + schema);
    assertFalse(contract.violation(reference, Json.decodeValue(value)).isEmpty());
  }
}
