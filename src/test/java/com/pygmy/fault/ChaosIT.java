package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.fault.Shop.Ran;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The fault suite for users, on the packaged jar, once and short. */
class ChaosIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void aShopWhoseLeaderIsKilledIsFoundSoundAndNothingIsLeftOfIt() throws Exception {
    Path data = folder.resolve("chaos");
    Ran ran =
        Shop.run(
            "chaos",
            "--faults=kill-leader",
            "--seconds=4",
            "--clients=6",
            "--seed=1",
            "--java-opts=-XX:TieredStopAtLevel=1",
            "--data=" + data,
            "--json");
    assertEquals(0, ran.exitCode(), ran.output());
    JsonObject report = report(ran.output());
    assertEquals("sound", report.getString("verdict"));
    assertTrue(report.getLong("confirmed") > 0 && report.getLong("reads") > 0, ran.output());
    assertEquals(1, report.getJsonArray("faults").size(), ran.output());
    JsonObject fault = report.getJsonArray("faults").getJsonObject(0);
    assertTrue(fault.getLong("withoutBuyMillis") > 0, ran.output());
    for (String node : List.of("n1", "n2", "n3")) {
      long pid = Long.parseLong(Files.readString(data.resolve("nodes/" + node + "/pid")).strip());
      assertFalse(
          ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), node + " lives on");
    }
  }

  /** Lines on the way come before it. */
  private static JsonObject report(String output) {
    return new JsonObject(output.substring(output.indexOf("\n{") + 1, output.lastIndexOf('}') + 1));
  }
}
