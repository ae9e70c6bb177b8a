package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.config.Conf;
import com.pygmy.config.ConfLoader;
import com.pygmy.config.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who runs on a data folder, after nodes came and went. */
class CrewTest {

  @TempDir Path folder;
  private DataFolder data;
  private Launch launch;
  private Path larger;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    data = new DataFolder(folder);
    Path conf = folder.resolve("conf.json");
    Files.writeString(conf, conf(List.of("a")));
    larger = folder.resolve("larger conf.json");
    Files.writeString(larger, conf(List.of("a", "b", "c")));
    Conf loaded = ((LoadResult.Loaded) ConfLoader.load(conf, Map.of())).conf();
    Program program = new Program(List.of("java", "-cp", "x", "Y"), 1);
    launch = new Launch(program, conf, loaded, data, List.of(), Map.of());
  }

  private static String conf(List<String> names) {
    List<String> nodes = new ArrayList<>();
    int port = 7_000;
    for (String name : names) {
      nodes.add(
          "{\"name\":\"%s\",\"host\":\"127.0.0.1\",\"roles\":[\"frontend\",\"catalog\",\"order\"],"
                  .formatted(name)
              + "\"http\":{\"port\":%d},\"raft\":{\"port\":%d},\"hazelcast\":{\"port\":%d}}"
                  .formatted(port, port + 1, port + 2));
      port += 3;
    }
    return "{\"cluster\":\"test\",\"nodes\":[" + String.join(",", nodes) + "]}";
  }

  private List<String> names() throws IOException {
    return Crew.of(launch, Roster.read(data), said::add).conf().nodes().stream()
        .map(node -> node.name())
        .toList();
  }

  @Test
  void isTheConfsWithoutARoster() throws IOException {
    assertEquals(List.of("a"), names());
  }

  @Test
  void followsTheRosterAcrossItsFile() throws IOException {
    Roster.read(data).with("c", Optional.of(larger)).write(data);
    assertEquals(List.of("a", "c"), names());
    Crew crew = Crew.of(launch, Roster.read(data), said::add);
    assertEquals(larger, crew.mates().get(1).launch().confFile());
    Roster.read(data).with("a", Optional.empty()).write(data);
    assertEquals(List.of("c"), names());
    Roster.read(data).with("c", Optional.empty()).with("a", Optional.of(larger)).write(data);
    assertEquals(List.of("a"), names(), "who is in the conf is started by it");
    assertEquals(List.of(), said);
  }

  @Test
  void leavesOutWhoseConfIsGone() throws IOException {
    Roster.read(data).with("b", Optional.of(folder.resolve("gone.json"))).write(data);
    assertEquals(List.of("a"), names());
    assertTrue(said.get(0).contains("gone.json"), said.toString());
  }

  @Test
  void aRosterThatSaysNothingIsNoRoster() throws IOException {
    Files.writeString(data.roster(), "add b\n");
    assertThrows(IOException.class, () -> Roster.read(data));
  }

  @Test
  void anEmptyRosterIsADamagedOne() throws IOException {
    Files.createFile(data.roster());
    assertThrows(IOException.class, () -> Roster.read(data));
    Optional<Supervisor.Failure> failure =
        new Supervisor(launch, true, System::nanoTime, said::add).start(1);
    assertTrue(failure.orElseThrow().reason().contains("is empty"), failure.toString());
  }

  @Test
  void aRosterThatSaysNothingIsNoFile() throws IOException {
    Roster before = Roster.read(data);
    before.with("c", Optional.of(larger)).write(data);
    before.write(data);
    assertEquals(before, Roster.read(data));
  }
}
