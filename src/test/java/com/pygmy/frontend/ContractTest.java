package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Limits;
import com.pygmy.wire.json.ProblemType;
import com.pygmy.wire.json.Route;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code openapi.yaml} and the code say the same. */
class ContractTest {

  private static final Set<String> METHODS = Set.of("get", "post", "patch", "put", "delete");

  private static Map<?, ?> contract;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = ContractTest.class.getResourceAsStream("/openapi.yaml")) {
      LoaderOptions strict = new LoaderOptions();
      strict.setAllowDuplicateKeys(false);
      contract = new Yaml(new SafeConstructor(strict)).load(in);
    }
  }

  @Test
  void namesEveryRouteAndNoOther() {
    Set<String> documented = new TreeSet<>();
    map(contract, "paths")
        .forEach(
            (path, item) ->
                ((Map<?, ?>) item)
                    .keySet().stream()
                        .map(Object::toString)
                        .filter(METHODS::contains)
                        .forEach(
                            method ->
                                documented.add(method.toUpperCase(Locale.ROOT) + " " + path)));
    Set<String> served =
        Arrays.stream(Route.values())
            .map(route -> route.method() + " " + route.template())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(served, documented);
  }

  @Test
  void namesEveryProblemTypeAndNoOther() {
    Map<?, ?> type = map(schemas(), "Problem", "properties", "type");
    assertEquals(
        Arrays.stream(ProblemType.values()).map(ProblemType::uri).toList(), type.get("enum"));
  }

  @Test
  void saysForEachProblemTypeWhereItComesFrom() {
    String text = contract.get("paths").toString() + map(contract, "components").get("responses");
    for (ProblemType type : ProblemType.values()) {
      assertTrue(text.contains('`' + type.slug() + '`'), type.slug());
    }
  }

  @Test
  void resolvesEveryReference() {
    List<String> references = new ArrayList<>();
    collect(contract, references);
    assertTrue(references.size() > 100);
    for (String reference : references) {
      Object at = contract;
      for (String step : reference.substring(2).split("/", -1)) {
        at = ((Map<?, ?>) at).get(step);
        assertNotNull(at, reference);
      }
    }
  }

  @Test
  void keepsTheLimitsOfTheDomain() {
    assertEquals(Limits.MAX_BOOK_ID, map(schemas(), "BookId").get("maximum"));
    assertEquals(Limits.MAX_TITLE_CHARS, map(schemas(), "Title").get("maxLength"));
    assertEquals(Limits.MAX_AUTHOR_CHARS, map(schemas(), "Author").get("maxLength"));
    assertEquals(Limits.MAX_TOPIC_CHARS, map(schemas(), "Topic").get("maxLength"));
    assertEquals(Limits.MAX_CUSTOMER_CHARS, map(schemas(), "Customer").get("maxLength"));
    assertEquals(Limits.MAX_KEY_CHARS, map(schemas(), "Key").get("maxLength"));
    assertEquals((int) Limits.MAX_PRICE_CENTS, map(schemas(), "PriceCents").get("maximum"));
    assertEquals(Limits.MAX_STOCK, map(schemas(), "Stock").get("maximum"));
    assertEquals(Limits.MAX_QUANTITY, map(schemas(), "Quantity").get("maximum"));
    assertEquals(
        Limits.MAX_LINES, map(schemas(), "Purchase", "properties", "items").get("maxItems"));
    assertEquals(
        Limits.MAX_RESTOCK_QUANTITY,
        map(schemas(), "Line", "properties", "quantity").get("maximum"));
  }

  private static Map<?, ?> schemas() {
    return map(contract, "components", "schemas");
  }

  private static Map<?, ?> map(Map<?, ?> from, String... path) {
    Map<?, ?> at = from;
    for (String step : path) {
      at = (Map<?, ?>) at.get(step);
      assertNotNull(at, step);
    }
    return at;
  }

  private static void collect(Object value, List<String> references) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, member) -> {
            if (key.equals("$ref")) {
              references.add(member.toString());
            } else {
              collect(member, references);
            }
          });
    } else if (value instanceof List<?> list) {
      list.forEach(member -> collect(member, references));
    }
  }
}
