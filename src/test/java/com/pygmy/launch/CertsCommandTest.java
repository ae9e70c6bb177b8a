package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.cli.ExitCode;
import com.pygmy.config.Conf;
import com.pygmy.config.ConfLoader;
import com.pygmy.config.LoadResult.Loaded;
import com.pygmy.config.NodeCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CertsCommandTest {

  @TempDir private Path folder;
  private Path conf;

  @BeforeEach
  void copy() throws Exception {
    conf = folder.resolve("shop.json");
    Files.writeString(conf, Files.readString(Path.of("conf", "local.json")));
    Files.writeString(folder.resolve("books.csv"), "id,title,author,topic,priceCents,stock\n");
  }

  @Test
  void whatItSaysIsWhatTheConfNeeds() throws Exception {
    Console.Result made = Console.run("certs", certs(), "--conf", conf.toString());
    assertEquals(ExitCode.OK, made.exitCode(), made::toString);
    for (String file : List.of("ca.pem", "ca.key", "n1.pem", "n1.key", "n3.pem", "n3.key")) {
      assertTrue(made.out().contains(folder.resolve("certs").resolve(file) + " "), made::toString);
    }
    int start = made.out().indexOf("\"nodeTls\"");
    String more = made.out().substring(start).strip() + ", ";
    Files.writeString(conf, Files.readString(conf).replaceFirst("\\{", "{" + more));
    Conf secured = ((Loaded) ConfLoader.loadToStart(conf, Map.of(), everyNode -> true)).conf();
    NodeCredentials n3 = NodeCredentials.read(secured.nodeTls().orElseThrow().of("n3"));
    assertEquals("CN=n3", n3.chain().get(0).getSubjectX500Principal().getName());

    Console.Result again = Console.run("certs", certs(), "--conf", conf.toString());
    assertEquals(ExitCode.OK, again.exitCode(), again::toString);
    assertTrue(!again.out().contains("nodeTls") && !again.out().contains("made"), again::toString);
  }

  @Test
  void nodesOfSeveralConfsHaveOneAuthority() throws Exception {
    Path more = folder.resolve("more.json");
    Files.writeString(more, Files.readString(conf).replace("n3", "n4"));
    Console.Result made =
        Console.run("certs", certs(), "--conf", conf.toString(), "--conf", more.toString());
    assertEquals(ExitCode.OK, made.exitCode(), made::toString);
    for (String node : List.of("n1", "n2", "n3", "n4")) {
      assertTrue(made.out().contains("node " + node + " "), made::toString);
    }
  }

  @Test
  void refusesWithoutMakingAnything() throws Exception {
    Path other = folder.resolve("other.json");
    Files.writeString(other, Files.readString(conf).replace("\"pygmy\"", "\"b\""));
    usage("each cluster has an authority of its own", "--conf", other.toString());
    usage("there is no such file", "--conf", folder.resolve("gone.json").toString());
    usage("--days takes 2 to 3650", "--days", "1");
    usage("--days takes 2 to 3650", "--days", "3651");
    assertTrue(Files.notExists(Path.of(certs())));
    Files.createDirectories(Path.of(certs()));
    Files.writeString(Path.of(certs(), "n1.pem"), "");
    Console.Result half = Console.run("certs", certs(), "--conf", conf.toString());
    assertEquals(ExitCode.REFUSED, half.exitCode(), half::toString);
    assertTrue(half.err().contains("n1.pem is there, but not"), half::toString);
  }

  private void usage(String message, String... more) {
    String[] line = {"certs", certs(), "--conf", conf.toString(), more[0], more[1]};
    Console.Result result = Console.run(line);
    assertEquals(ExitCode.USAGE, result.exitCode(), result::toString);
    assertTrue(result.err().contains(message), result::toString);
  }

  private String certs() {
    return folder.resolve("certs").toString();
  }
}
