package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.chaos.FaultKind;
import com.pygmy.chaos.Load;
import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.ConfLoader;
import com.pygmy.config.LoadResult;
import com.pygmy.config.NodeConf;
import com.pygmy.launch.Console.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChaosCommandTest {

  @TempDir private Path folder;

  @Test
  void anUnknownFaultIsAUsageErrorThatListsAll() {
    Result result = Console.run("chaos", "--faults", "kill,earthquake");
    assertEquals(ExitCode.USAGE, result.exitCode(), result::toString);
    assertTrue(result.err().contains("there is no fault earthquake"), result::toString);
    for (FaultKind kind : FaultKind.values()) {
      assertTrue(result.err().contains(kind.label()), kind + " is not listed");
    }
  }

  @Test
  void aFolderWithSomethingInItIsNotTouched() throws Exception {
    Path file = Files.writeString(folder.resolve("precious"), "data");
    Path conf = Path.of("conf", "local.json").toAbsolutePath();
    Result result =
        Console.run(
            "chaos", "--faults=kill", "--conf=" + conf, "--data=" + folder.toAbsolutePath());
    assertEquals(ExitCode.REFUSED, result.exitCode(), result::toString);
    assertEquals("data", Files.readString(file));
  }

  /** A shop that runs on the conf's own ports is in nobody's way. */
  @Test
  void theShopOfTheSuiteHasTheNodesOfTheConfElsewhereAndIsNeverRestockedByItself()
      throws Exception {
    for (String name : new String[] {"local", "separate", "embedded"}) {
      Path like = Path.of("conf", name + ".json");
      Conf from = load(like);
      Path own = Files.createDirectories(folder.resolve(name));
      Conf conf = load(ChaosConf.write(like, own, Optional.empty(), Load.of(12), "token", 7));
      assertEquals(from.nodes().size(), conf.nodes().size());
      for (int i = 0; i < conf.nodes().size(); i++) {
        NodeConf was = from.nodes().get(i);
        NodeConf is = conf.nodes().get(i);
        assertEquals(was.name(), is.name());
        assertEquals(was.roles(), is.roles());
        assertEquals(was.httpPort().isPresent(), is.httpPort().isPresent());
        if (was.httpPort().isPresent()) {
          assertNotEquals(was.httpPort(), is.httpPort());
        }
      }
      assertEquals(0, conf.restock().everySeconds());
      assertFalse(conf.restock().enabled());
      assertEquals("chaos-7", conf.cluster());
    }
  }

  private static Conf load(Path file) {
    return ((LoadResult.Loaded) ConfLoader.load(file, Map.of())).conf();
  }
}
