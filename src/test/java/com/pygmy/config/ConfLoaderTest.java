package com.pygmy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.config.LoadResult.Invalid;
import com.pygmy.config.LoadResult.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfLoaderTest {

  private static final String GOOD =
      """
      {
        "cluster": "shop",
        "nodes": [
          {"name": "a", "host": "127.0.0.1", "roles": ["frontend", "order"],
           "http": {"port": 8081}, "hazelcast": {"port": 5701}},
          {"name": "b", "host": "127.0.0.1", "roles": ["catalog"],
           "raft": {"port": 9081}, "hazelcast": {"port": 5702}, "eventBus": {"port": 4000},
           "management": {"port": 8091}}
        ],
        "raft": {"electionTimeoutMinMillis": 200, "electionTimeoutMaxMillis": 400},
        "restock": {"enabled": true, "everySeconds": 5, "threshold": 2, "level": 50},
        "admin": {"token": "s3cret"},
        "balancing": "least-loaded",
        "cache": {"enabled": false},
        "limits": {"buysPerMinute": 60},
        "log": {"format": "json"},
        "catalogue": "books.csv"
      }
      """;

  private static final String SMALL =
      """
      {"nodes": [{"name": "n", "host": "0.0.0.0", "roles": ["frontend", "catalog", "order"],
                  "http": {"port": 80}, "raft": {"port": 81}}]}
      """;

  private static final String TOKENS =
      "1 to 256 visible ASCII characters without a comma, or a list of up to 8 such";

  @TempDir Path folder;

  @Test
  void readsEveryKey() throws IOException {
    Conf conf = loaded(GOOD, Map.of());
    assertEquals("shop", conf.cluster());
    assertEquals(
        new NodeConf(
            "a",
            "127.0.0.1",
            Set.of(Role.FRONTEND, Role.ORDER),
            OptionalInt.of(8081),
            OptionalInt.empty(),
            OptionalInt.of(5701),
            0,
            false),
        conf.node("a").orElseThrow());
    assertEquals(4000, conf.node("b").orElseThrow().eventBusPort());
    assertEquals(OptionalInt.of(8091), conf.node("b").orElseThrow().managementPort());
    assertEquals(conf.nodesWith(Role.CATALOG), List.of(conf.node("b").orElseThrow()));
    assertEquals(new Conf.RaftConf(200, 400), conf.raft());
    assertEquals(new Conf.RestockConf(true, 5, 2, Optional.of(50)), conf.restock());
    assertEquals(List.of(new AdminToken("s3cret")), conf.adminTokens());
    assertEquals(Balancing.LEAST_LOADED, conf.balancing());
    assertFalse(conf.cache().enabled());
    assertEquals(new Conf.LimitsConf(60), conf.limits());
    assertEquals(LogFormat.JSON, conf.logFormat());
    assertEquals(Optional.of(folder.toAbsolutePath().resolve("books.csv")), conf.catalogue());
    assertTrue(conf.isClustered());
    assertFalse(conf.toString().contains("s3cret"), "a printed conf tells the token");
  }

  @Test
  void fillsInTheDefaults() throws IOException {
    Conf conf = loaded(SMALL, Map.of());
    assertEquals("pygmy", conf.cluster());
    assertEquals(new Conf.RaftConf(300, 600), conf.raft());
    assertEquals(new Conf.RestockConf(false, 10, 0, Optional.empty()), conf.restock());
    assertEquals(List.of(), conf.adminTokens());
    assertEquals(Balancing.LOCAL_FIRST, conf.balancing());
    assertTrue(conf.cache().enabled());
    assertEquals(new Conf.LimitsConf(0), conf.limits());
    assertEquals(LogFormat.TEXT, conf.logFormat());
    assertEquals(Optional.empty(), conf.catalogue());
    assertFalse(conf.isClustered());
  }

  @Test
  void theEnvironmentOverridesAnyKey() throws IOException {
    Conf conf =
        loaded(
            GOOD,
            Map.ofEntries(
                Map.entry("PYGMY_RESTOCK_EVERYSECONDS", "0"),
                Map.entry("PYGMY_CACHE_ENABLED", "true"),
                Map.entry("PYGMY_BALANCING", "session"),
                Map.entry("PYGMY_ADMIN_TOKEN", "other,next"),
                Map.entry("PYGMY_NODES_0_HTTP_PORT", "9999"),
                Map.entry("PYGMY_NODES_0_HTTP_URL", "http://shop.example:80/"),
                Map.entry("PYGMY_NODES_1_EVENTBUS_PORT", "0"),
                Map.entry("PYGMY_NODES_0_ROLES", "frontend,order,catalog"),
                Map.entry("PYGMY_NODES_0_RAFT_PORT", "9082"),
                Map.entry("PYGMY_NODES_1_ROLES", "order"),
                Map.entry("PYGMY_CLUSTER", ""),
                Map.entry("PYGMY_JAVA_OPTS", "-Xmx256m"),
                Map.entry("PATH", "/bin")));
    assertEquals(0, conf.restock().everySeconds());
    assertTrue(conf.cache().enabled());
    assertEquals(Balancing.SESSION, conf.balancing());
    assertEquals(List.of(new AdminToken("other"), new AdminToken("next")), conf.adminTokens());
    assertEquals(OptionalInt.of(9999), conf.nodes().get(0).httpPort());
    assertEquals(Optional.of("http://shop.example:80"), conf.nodes().get(0).toldUrl());
    assertEquals(0, conf.nodes().get(1).eventBusPort());
    assertEquals(List.of(conf.nodes().get(0)), conf.nodesWith(Role.CATALOG));
    assertEquals("shop", conf.cluster(), "an empty variable counts as not set");
  }

  @Test
  void takesSeveralTokensAndPrintsNone() throws IOException {
    Conf conf = loaded(GOOD.replace("\"s3cret\"", "[\"s3cret\", \"n3xt\"]"), Map.of());
    assertEquals(List.of(new AdminToken("s3cret"), new AdminToken("n3xt")), conf.adminTokens());
    assertFalse(conf.toString().contains("s3cret") || conf.toString().contains("n3xt"));
  }

  @Test
  void aGoodVariableRepairsABadValue() throws IOException {
    String bad = GOOD.replace("\"everySeconds\": 5", "\"everySeconds\": -1");
    assertEquals(
        7, loaded(bad, Map.of("PYGMY_RESTOCK_EVERYSECONDS", "7")).restock().everySeconds());
  }

  static Stream<Arguments> invalidFiles() {
    return Stream.of(
        wrong("8081", "99999", "nodes[0].http.port: must be 1…65535, not 99999"),
        wrong("8081", "0", "nodes[0].http.port: must be 1…65535, not 0"),
        wrong("8081", "\"8081\"", "nodes[0].http.port: must be 1…65535, not \"8081\""),
        wrong("8081", "80.5", "nodes[0].http.port: must be 1…65535, not 80.5"),
        wrong(
            "8081",
            "99999999999999999999",
            "nodes[0].http.port: must be 1…65535, not 99999999999999999999"),
        wrong("8081", "null", "nodes[0].http.port: must be 1…65535, not null"),
        wrong(
            "\"port\": 8081",
            "\"port\": 8081, \"url\": \"shop.example\"",
            "nodes[0].http.url: must be http:// or https://, a host, and a port if need be, not"
                + " \"shop.example\""),
        wrong(
            "\"port\": 8081",
            "\"port\": 8081, \"url\": \"http://shop.example:99999\"",
            "nodes[0].http.url: must be http:// or https://, a host, and a port if need be, not"
                + " \"http://shop.example:99999\""),
        wrong("8081", "{\"x\": 1}", "nodes[0].http.port: must be 1…65535, not an object"),
        wrong("8081", "[80, \"x\"]", "nodes[0].http.port: must be 1…65535, not [80, \"x\"]"),
        wrong("{\"port\": 8081}", "8081", "nodes[0].http: must be an object"),
        wrong(
            "\"http\": {\"port\": 8081}, ",
            "",
            "nodes[0].http.port: is missing: a frontend needs it"),
        wrong(
            "\"raft\": {\"port\": 9081}, ",
            "",
            "nodes[1].raft.port: is missing: a catalog needs it"),
        wrong(
            ", \"hazelcast\": {\"port\": 5701}",
            "",
            "nodes[0].hazelcast.port: is missing: every one of several nodes needs it"),
        wrong("\"name\": \"a\", ", "", "nodes[0].name: is missing"),
        wrong(
            "\"name\": \"a\"",
            "\"name\": \"../a\"",
            "nodes[0].name: must be 1 to 32 of a-z, 0-9 and -, not starting with -, not \"../a\""),
        wrong(
            "\"name\": \"b\"",
            "\"name\": \"a\"",
            "nodes[1].name: a is already taken by nodes[0].name"),
        wrong(
            "5702",
            "5701",
            "nodes[1].hazelcast.port: 127.0.0.1:5701 is already taken by"
                + " nodes[0].hazelcast.port"),
        wrong(
            "8091",
            "5702",
            "nodes[1].management.port: 127.0.0.1:5702 is already taken by"
                + " nodes[1].hazelcast.port"),
        wrong(
            "\"host\": \"127.0.0.1\", \"roles\": [\"catalog\"],\n     \"raft\": {\"port\": 9081}",
            "\"host\": \"localhost\", \"roles\": [\"catalog\"],\n     \"raft\": {\"port\": 8081}",
            "nodes[1].raft.port: 127.0.0.1:8081 is already taken by nodes[0].http.port"),
        wrong(
            "\"host\": \"127.0.0.1\", \"roles\": [\"catalog\"]",
            "\"host\": \"0.0.0.0\", \"roles\": [\"catalog\"]",
            "nodes[1].host: must be an address by which the other nodes reach it"),
        wrong(
            "[\"catalog\"]",
            "[\"catalogue\"]",
            "nodes[1].roles: must be a list of frontend, catalog, order, each at most once, at"
                + " least one, not [\"catalogue\"]"),
        wrong(
            "[\"catalog\"]",
            "[\"catalog\", \"catalog\"]",
            "nodes[1].roles: must be a list of frontend, catalog, order, each at most once, at"
                + " least one, not [\"catalog\", \"catalog\"]"),
        wrong("[\"catalog\"]", "[\"order\"]", "nodes: no node has the role catalog"),
        wrong(
            "\"frontend\", \"order\"],",
            "\"frontend\", \"order\", \"catalog\"], \"raft\": {\"port\": 9082},",
            "nodes: the number of catalogs must be 1, 3, 5 or 7, not 2"),
        wrong(
            "\"everySeconds\"",
            "\"everySecond\"",
            "restock.everySecond: unknown key (did you mean everySeconds?)"),
        wrong("\"cluster\"", "\"Cluster\"", "Cluster: unknown key (did you mean cluster?)"),
        wrong("\"cluster\"", "\"colour\"", "colour: unknown key"),
        wrong(
            "\"cluster\": \"shop\"",
            "\"cluster\": \"a\", \"cluster\": \"b\"",
            "cluster: is given twice"),
        wrong(
            "\"enabled\": true", "\"enabled\": 1", "restock.enabled: must be true or false, not 1"),
        wrong(
            "\"everySeconds\": 5",
            "\"everySeconds\": 86401",
            "restock.everySeconds: must be 0…86400, not 86401"),
        wrong(
            "\"level\": 50",
            "\"level\": 2",
            "restock.level: must be above restock.threshold (2), not 2"),
        wrong(
            "\"electionTimeoutMaxMillis\": 400",
            "\"electionTimeoutMaxMillis\": 200",
            "raft.electionTimeoutMaxMillis: must be above raft.electionTimeoutMinMillis (200),"
                + " not 200"),
        wrong(
            "least-loaded",
            "random",
            "balancing: must be one of local-first, round-robin, least-loaded, session, not"
                + " \"random\""),
        wrong(
            "\"buysPerMinute\": 60",
            "\"buysPerMinute\": -1",
            "limits.buysPerMinute: must be 0…1000000, not -1"),
        wrong("s3cret", "two words", "admin.token: must be " + TOKENS),
        wrong("s3cret", "one,other", "admin.token: must be " + TOKENS),
        wrong("\"s3cret\"", "[]", "admin.token: must be " + TOKENS),
        wrong("\"s3cret\"", "[\"one\", 2]", "admin.token: must be " + TOKENS),
        wrong("\"s3cret\"", "[\"one\", \"two words\"]", "admin.token: must be " + TOKENS),
        wrong(
            "\"s3cret\"",
            "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]",
            "admin.token: must be " + TOKENS),
        wrong(GOOD, "{\"nodes\": []}", "nodes: must hold at least one node"),
        wrong(GOOD, "{}", "nodes: must hold at least one node"),
        wrong(GOOD, "{\"nodes\": {}}", "nodes: must be a list of objects"),
        wrong(
            GOOD,
            SMALL.replace("[{", "[7, {"),
            "nodes[0]: must be an object",
            "nodes[1].hazelcast.port: is missing: every one of several nodes needs it",
            "nodes[1].host: must be an address by which the other nodes reach it"));
  }

  private static Arguments wrong(String good, String bad, String... errors) {
    return Arguments.of(good, bad, List.of(errors));
  }

  @ParameterizedTest
  @MethodSource("invalidFiles")
  void refusesAndSaysWhere(String good, String bad, List<String> errors) throws IOException {
    String text = GOOD.replace(good, bad);
    assertFalse(text.equals(GOOD), "the test changed nothing");
    assertEquals(errors, errors(text, Map.of()));
  }

  static Stream<Arguments> invalidVariables() {
    return Stream.of(
        Arguments.of(
            "PYGMY_RESTOCK_EVERYSECONDS",
            "often",
            "restock.everySeconds: must be 0…86400, not \"often\" (from"
                + " PYGMY_RESTOCK_EVERYSECONDS)"),
        Arguments.of(
            "PYGMY_CACHE_ENABLED",
            "yes",
            "cache.enabled: must be true or false, not \"yes\" (from PYGMY_CACHE_ENABLED)"),
        Arguments.of(
            "PYGMY_ADMIN_TOKEN",
            "one,with space",
            "admin.token: must be " + TOKENS + " (from PYGMY_ADMIN_TOKEN)"),
        Arguments.of(
            "PYGMY_NODES_0_ROLES",
            "frontend,,order",
            "nodes[0].roles: must be a list of frontend, catalog, order, each at most once, at"
                + " least one, not [\"frontend\", \"\", \"order\"] (from PYGMY_NODES_0_ROLES)"),
        Arguments.of(
            "PYGMY_NODES_1_HTTP_PORTS",
            "1",
            "PYGMY_NODES_1_HTTP_PORTS: no key of the conf has this variable (did you mean"
                + " PYGMY_NODES_1_HTTP_PORT?)"),
        Arguments.of(
            "PYGMY_NODES_2_HTTP_PORT",
            "1",
            "PYGMY_NODES_2_HTTP_PORT: there is no node 2; they are counted from 0 as in the"
                + " file"),
        Arguments.of(
            "PYGMY_NODES__HTTP_PORT",
            "1",
            "PYGMY_NODES__HTTP_PORT: no key of the conf has this variable (did you mean"
                + " PYGMY_NODES_0_HTTP_PORT?)"),
        Arguments.of("PYGMY_FOO", "1", "PYGMY_FOO: no key of the conf has this variable"),
        Arguments.of(
            "PYGMY_NODES_1_NAME", "a", "nodes[1].name: a is already taken by nodes[0].name"));
  }

  @ParameterizedTest
  @MethodSource("invalidVariables")
  void refusesVariablesLikeTheFile(String variable, String value, String error) throws IOException {
    assertEquals(List.of(error), errors(GOOD, Map.of(variable, value)));
  }

  @Test
  void reportsAllErrorsAtOnce() throws IOException {
    String text =
        GOOD.replace("\"cluster\"", "\"clutser\"")
            .replace("8081", "99999")
            .replace("\"enabled\": true", "\"enabled\": \"yes\"")
            .replace("5702", "5701")
            .replace("books.csv", "gone.csv");
    assertEquals(
        List.of(
            "clutser: unknown key (did you mean cluster?)",
            "PYGMY_X: no key of the conf has this variable",
            "nodes[0].http.port: must be 1…65535, not 99999",
            "restock.enabled: must be true or false, not \"yes\"",
            "nodes[1].hazelcast.port: 127.0.0.1:5701 is already taken by nodes[0].hazelcast.port",
            "catalogue: there is no readable file gone.csv beside " + folder.resolve("pygmy.json")),
        errors(text, Map.of("PYGMY_X", "1")));
  }

  @Test
  void theCatalogueMustBeAFile() throws IOException {
    assertEquals(
        "catalogue: there is no readable file . beside " + folder.resolve("pygmy.json"),
        onlyError(GOOD.replace("books.csv", ".")));
  }

  @Test
  void saysWhereTheJsonIsBroken() throws IOException {
    String error = onlyError(GOOD.replace("\"cluster\": \"shop\",", "\"cluster\": \"shop\""));
    assertTrue(error.matches(".*pygmy\\.json: line 3, column 3: .*comma.*"), error);
    assertTrue(onlyError("").contains("must hold one JSON object"), onlyError(""));
    assertTrue(onlyError("[]").contains("must hold one JSON object"), onlyError("[]"));
    String extra = onlyError(SMALL + "{}");
    assertTrue(extra.contains("line 3, column 1: nothing may follow the object"), extra);
    assertTrue(onlyError("{\"nodes\": [").contains("line 1"), onlyError("{\"nodes\": ["));
    assertTrue(onlyError("[".repeat(100_000)).contains("one JSON object"));
    String deep = onlyError("{\"cluster\": " + "[".repeat(100_000));
    assertTrue(deep.contains("nesting depth"), deep);
  }

  @Test
  void saysThatTheFileIsMissingOrTooLarge() throws IOException {
    Path missing = folder.resolve("missing.json");
    assertEquals(
        new Invalid(List.of(new ConfError(missing.toString(), "there is no such file"))),
        ConfLoader.load(missing, Map.of()));
    assertInstanceOf(Invalid.class, ConfLoader.load(folder, Map.of()));
    String error = onlyError(" ".repeat(ConfLoader.MAX_FILE_BYTES) + SMALL);
    assertTrue(error.contains("is larger than 1048576 bytes"), error);
  }

  private Conf loaded(String text, Map<String, String> environment) throws IOException {
    return assertInstanceOf(Loaded.class, load(text, environment)).conf();
  }

  private List<String> errors(String text, Map<String, String> environment) throws IOException {
    return assertInstanceOf(Invalid.class, load(text, environment)).errors().stream()
        .map(ConfError::toString)
        .toList();
  }

  private String onlyError(String text) throws IOException {
    List<String> errors = errors(text, Map.of());
    assertEquals(1, errors.size(), errors::toString);
    return errors.get(0);
  }

  private LoadResult load(String text, Map<String, String> environment) throws IOException {
    Files.writeString(folder.resolve("books.csv"), "");
    return ConfLoader.load(Files.writeString(folder.resolve("pygmy.json"), text), environment);
  }
}
