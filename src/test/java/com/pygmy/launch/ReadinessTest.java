package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.config.Conf;
import com.pygmy.config.ConfLoader;
import com.pygmy.config.LoadResult;
import com.pygmy.launch.ClusterView.ReplicaView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadinessTest {

  private static final String URL = "http://127.0.0.1:18081";
  private static final ReplicaView CATALOG =
      new ReplicaView("c1", "catalog", "leader", 3, 10, 0, true, "");
  private static final ReplicaView ORDER =
      new ReplicaView("o1", "order", "serving", 0, 5, 0, true, "");

  @TempDir private Path folder;
  private Conf conf;

  @BeforeEach
  void load() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("conf.json"),
            """
            {"nodes": [
              {"name": "f1", "host": "127.0.0.1", "roles": ["frontend"],
                "http": {"port": 18081}, "hazelcast": {"port": 15701}},
              {"name": "c1", "host": "127.0.0.1", "roles": ["catalog"],
                "raft": {"port": 19081}, "hazelcast": {"port": 15702}},
              {"name": "o1", "host": "127.0.0.1", "roles": ["order"],
                "hazelcast": {"port": 15703}}]}
            """);
    LoadResult result = ConfLoader.load(file, Map.of());
    conf = assertInstance(result);
  }

  @Test
  void isReadyWhenEveryFrontendSeesALeaderAndAllReplicasReady() {
    assertEquals(List.of(), missing(CATALOG, ORDER));
  }

  @Test
  void namesWhatIsMissing() {
    assertEquals(
        List.of("f1 does not answer at " + URL),
        new Readiness(conf, url -> Optional.empty()).missing());
    assertEquals(
        List.of("f1 does not see the order of o1 ready"),
        missing(CATALOG, new ReplicaView("o1", "order", "serving", 0, 5, 0, false, "")));
    assertEquals(
        List.of("f1 does not see the order of o1 ready: catching up"),
        missing(CATALOG, new ReplicaView("o1", "order", "serving", 0, 5, 0, false, "catching up")));
    assertEquals(
        List.of("f1 sees no leader"),
        missing(new ReplicaView("c1", "catalog", "follower", 3, 10, 0, true, ""), ORDER));
    assertEquals(
        List.of("f1 does not see the catalog of c1 ready", "f1 sees no leader"), missing(ORDER));
  }

  @Test
  void readsWhatAFrontendAnswers() {
    ClusterView view =
        ClusterView.parse(
                """
                {"nodes": [{"node": "c1", "url": "", "replicas": [
                  {"replica": "c1", "service": "catalog", "role": "leader", "term": 3,
                   "appliedIndex": 10, "lag": 0, "ready": true}]}], "lock": "c1"}
                """)
            .orElseThrow();
    assertEquals(List.of(CATALOG), view.replicas());
    assertEquals(Optional.of(CATALOG), view.leader());
    assertEquals(Optional.of("c1"), view.lockHolder());
    assertEquals(Optional.empty(), ClusterView.parse("<html>"));
    assertEquals(Optional.empty(), ClusterView.parse("{}"));
    assertTrue(
        ClusterView.parse("{\"nodes\":[],\"lock\":null}").orElseThrow().lockHolder().isEmpty());
  }

  private List<String> missing(ReplicaView... replicas) {
    ClusterView view =
        new ClusterView(List.of(), List.of(), List.of(replicas), List.of(), Optional.empty());
    return new Readiness(conf, url -> Optional.of(view).filter(v -> url.equals(URL))).missing();
  }

  private static Conf assertInstance(LoadResult result) {
    assertTrue(result instanceof LoadResult.Loaded, result::toString);
    return ((LoadResult.Loaded) result).conf();
  }
}
