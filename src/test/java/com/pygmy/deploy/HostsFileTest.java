package com.pygmy.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.config.Conf;
import com.pygmy.config.ConfLoader;
import com.pygmy.config.LoadResult.Loaded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostsFileTest {

  @TempDir private Path folder;
  private Conf conf;

  @BeforeEach
  void twoNodes() throws Exception {
    conf = conf("10.0.0.1", "10.0.0.2");
  }

  @Test
  void aLineSaysWhereANodeIsAndWhatItLeavesOutIsTheConfs() {
    HostsFile file =
        parse("# our machines", "", "n2\tshop@b.example  /srv/pygmy  # the new one", "n1");
    assertEquals(List.of(), file.errors());
    assertEquals(
        List.of(
            new Host("n1", "10.0.0.1", "pygmy"), new Host("n2", "shop@b.example", "/srv/pygmy")),
        file.hosts());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "user@a.example",
        "10.0.0.9",
        "fe80::1",
        "ssh://a:2222",
        "ssh://u@[fe80::1]:22"
      })
  void takesWhatSshTakes(String destination) {
    assertEquals(List.of(), parse("n1 " + destination, "n2 b").errors());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-oProxyCommand=reboot",
        "user@-oProxyCommand=reboot",
        "a;reboot",
        "a$(reboot)",
        "a`reboot`",
        "a|b",
        "a&b",
        "a'b",
        "a\"b",
        "a\\b",
        "a>b",
        "ssh://a/b",
        "ssh://-o",
        "user@host@other",
        "é"
      })
  void noDestinationIsAnOptionOrMeansAnythingToAShell(String destination) {
    refused("is no [USER@]HOST", "n1 " + destination, "n2 b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-x", "a/-x", "../a", "a/..", ".", "/", "a//b", "$HOME", "~/a", "a;b", "a'b"})
  void noDirectoryLeavesItsPlaceOrMeansAnythingToAShell(String directory) {
    refused("is no directory", "n1 a " + directory, "n2 b");
  }

  @Test
  void eachNodeOfTheConfComesOnceAndNoOther() {
    refused("hosts.txt, line 2: there is no node 'n3' in the conf; it has n1, n2", "n1", "n3 c");
    refused("hosts.txt, line 3: n1 comes twice", "n1", "n2", "n1 elsewhere");
    refused("hosts.txt does not say where n2 is", "n1");
    refused("line 1: more than a node", "n1 a b c");
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() {
    assertEquals(3, parse("n9", "n1 a;b", "n2 b ../c").errors().size());
  }

  @Test
  void nodesOnSeveralMachinesAreNotOnLoopbackAddresses() throws Exception {
    conf = conf("127.0.0.1", "10.0.0.2");
    refused("n1 at 127.0.0.1, where nodes on other machines do not reach it", "n1 a", "n2 b");
    assertEquals(List.of(), parse("n1 a", "n2 a /other").errors(), "one machine");
  }

  @Test
  void aFileThatIsNotThereIsSaidToBeNotThere() {
    assertTrue(
        HostsFile.read(folder.resolve("none"), conf)
            .errors()
            .get(0)
            .startsWith("there is no file"));
  }

  private HostsFile parse(String... lines) {
    return HostsFile.parse("hosts.txt", List.of(lines), conf);
  }

  private void refused(String why, String... lines) {
    HostsFile file = parse(lines);
    assertEquals(List.of(), file.hosts());
    assertTrue(file.errors().stream().anyMatch(e -> e.contains(why)), file.errors().toString());
  }

  private Conf conf(String first, String second) throws Exception {
    String text =
        """
        {"nodes": [
          {"name": "n1", "host": "%s", "roles": ["frontend", "order"],
            "http": {"port": 8081}, "hazelcast": {"port": 5701}},
          {"name": "n2", "host": "%s", "roles": ["catalog"],
            "raft": {"port": 9081}, "hazelcast": {"port": 5702}}]}
        """
            .formatted(first, second);
    Path file = Files.writeString(folder.resolve("shop.json"), text);
    return ((Loaded) ConfLoader.load(file, Map.of())).conf();
  }
}
