package com.pygmy.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleaseTest {

  private static final NodeConf FRONTEND = node("n1", Role.FRONTEND);
  private static final NodeConf CATALOG = node("n2", Role.CATALOG);

  @TempDir private Path folder;

  @BeforeEach
  void files() throws Exception {
    for (String name :
        List.of(
            "pygmy.jar",
            "pygmy",
            "books.csv",
            "tls/shop.pem",
            "tls/shop.key",
            "certs/ca.pem",
            "certs/n1.pem",
            "certs/n1.key",
            "certs/n2.pem",
            "certs/n2.key")) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.writeString(folder.resolve(name), "this is " + name);
    }
  }

  @Test
  void theSameIsTheSameReleaseAndAnyOtherByteAnotherOne() throws Exception {
    String first = release(FRONTEND, "\"catalogue\": \"books.csv\"").id();
    assertEquals(first, release(FRONTEND, "\"catalogue\": \"books.csv\"").id());
    Files.writeString(folder.resolve("pygmy.jar"), "this is pygmy.JAR");
    String second = release(FRONTEND, "\"catalogue\": \"books.csv\"").id();
    assertNotEquals(first, second);
    Files.writeString(folder.resolve("books.csv"), "one more");
    assertNotEquals(second, release(FRONTEND, "\"catalogue\": \"books.csv\"").id());
  }

  @Test
  void hasWhatTheConfNamesBesideItAndNobodyHasAKeyThatHeDoesNotRead() throws Exception {
    String conf =
        """
        "catalogue": "books.csv", "tls": {"certificate": "./tls/shop.pem", "key": "tls/shop.key"}
        """;
    List<String> others =
        List.of(
            "conf/books.csv",
            "conf/shop.json",
            "conf/tls/shop.pem",
            "launcher/pygmy",
            "target/pygmy.jar");
    assertEquals(others, List.copyOf(release(CATALOG, conf).files().keySet()));
    Set<String> frontends = release(FRONTEND, conf).files().keySet();
    assertTrue(frontends.contains("conf/tls/shop.key"), frontends::toString);
    assertTrue(frontends.containsAll(others), frontends::toString);
  }

  @Test
  void hasWhatItsNodeShowsToOthersAndNothingOfTheirs() throws Exception {
    String conf =
        """
        "nodeTls": {"certificate": "certs/{node}.pem", "key": "certs/{node}.key",
            "authorities": "certs/ca.pem"}
        """;
    assertEquals(
        List.of("conf/certs/ca.pem", "conf/certs/n2.key", "conf/certs/n2.pem"),
        release(CATALOG, conf).files().keySet().stream()
            .filter(place -> place.startsWith("conf/certs"))
            .toList());
  }

  @Test
  void whatTheConfNamesFromTheRootIsTheHosts() throws Exception {
    String conf = "\"catalogue\": \"" + folder.resolve("books.csv") + "\"";
    assertEquals(3, release(FRONTEND, conf).files().size());
  }

  @Test
  void refusesWhatLiesElsewhereOrIsNotThere() throws Exception {
    Files.createDirectories(folder.resolve("conf"));
    Path conf = folder.resolve("conf/shop.json");
    Files.writeString(conf, "{\"catalogue\": \"../books.csv\"}");
    IOException elsewhere = assertThrows(IOException.class, () -> release(FRONTEND, conf));
    assertEquals(
        "catalogue: ../books.csv does not lie beside the conf, or below", elsewhere.getMessage());
    Files.writeString(conf, "{\"catalogue\": \"none.csv\"}");
    assertThrows(IOException.class, () -> release(FRONTEND, conf));
    Files.writeString(conf, "{\"catalogue\": \"shop.json\"}");
    assertEquals(3, release(FRONTEND, conf).files().size(), "it is the same file");
  }

  private Release release(NodeConf node, String conf) throws IOException {
    return release(node, Files.writeString(folder.resolve("shop.conf"), "{" + conf + "}"));
  }

  private Release release(NodeConf node, Path conf) throws IOException {
    return Release.of(node, folder.resolve("pygmy.jar"), folder.resolve("pygmy"), conf);
  }

  private static NodeConf node(String name, Role role) {
    OptionalInt port = OptionalInt.of(8081);
    return new NodeConf(name, "10.0.0.1", Set.of(role), port, port, port, 0, false);
  }
}
