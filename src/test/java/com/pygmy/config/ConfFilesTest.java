package com.pygmy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.config.LoadResult.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files that we ship. */
class ConfFilesTest {

  private static final Path FOLDER = Path.of("conf");

  @ParameterizedTest
  @CsvSource({
    "local, 3, 3, 3, 3",
    "separate, 8, 2, 3, 3",
    "embedded, 1, 1, 1, 1",
    "containers, 3, 3, 3, 3"
  })
  void shippedTopologiesLoad(String file, int nodes, int frontends, int catalogs, int orders) {
    Conf conf = load(file);
    assertEquals(nodes, conf.nodes().size());
    assertEquals(frontends, conf.nodesWith(Role.FRONTEND).size());
    assertEquals(catalogs, conf.nodesWith(Role.CATALOG).size());
    assertEquals(orders, conf.nodesWith(Role.ORDER).size());
    assertTrue(conf.restock().enabled());
    for (int i = 0; i < frontends; i++) {
      NodeConf frontend = conf.nodesWith(Role.FRONTEND).get(i);
      String expected =
          file.equals("containers") ? "n" + (i + 1) + ":8081" : "127.0.0.1:" + (8081 + i);
      assertEquals(expected, frontend.host() + ":" + frontend.httpPort().getAsInt());
    }
  }

  /** Every key has its row, which tells its default, its bounds and its variable. */
  @Test
  void theReadmeDescribesExactlyTheKeysThatExist() throws IOException {
    Map<String, List<String>> rows =
        Files.readAllLines(FOLDER.resolve("README.md")).stream()
            .filter(line -> line.matches("\\| `[^`]+` \\|.*`PYGMY_[A-Z0-9_]+` \\|"))
            .map(line -> Arrays.asList(line.substring(2).split(" \\|( |$)")))
            .collect(Collectors.toMap(row -> row.get(0).replace("`", ""), row -> row));
    Set<String> known = ConfKey.ALL.stream().map(ConfKey::path).collect(Collectors.toSet());
    assertEquals(known, rows.keySet());
    for (ConfKey key : ConfKey.ALL) {
      List<String> row = rows.get(key.path());
      key.fallback().ifPresent(value -> assertEquals("`" + value + "`", row.get(2), key.path()));
      assertEquals(key.kind().described(), row.get(3), key.path());
      String variable = ConfKey.variable(key.path()).replace("[]", "_0");
      assertEquals("`" + variable + "`", row.get(4), key.path());
    }
  }

  private static Conf load(String file) {
    LoadResult result = ConfLoader.load(FOLDER.resolve(file + ".json"), Map.of());
    return assertInstanceOf(Loaded.class, result, result::toString).conf();
  }
}
