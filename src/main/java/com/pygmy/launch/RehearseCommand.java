package com.pygmy.launch;

import com.pygmy.chaos.Ports;
import com.pygmy.cli.ExitCode;
import com.pygmy.config.Balancing;
import com.pygmy.config.Conf;
import com.pygmy.config.Conf.CacheConf;
import com.pygmy.config.Conf.LimitsConf;
import com.pygmy.config.Conf.RaftConf;
import com.pygmy.config.Conf.RestockConf;
import com.pygmy.config.LogFormat;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import com.pygmy.replication.ratis.Outside;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A shop of three nodes in this one process that opens, sells a book and closes: so that every
 * class that a node usually needs has been loaded when the process ends. With {@code --archive}
 * another process does that, and leaves a {@link ClassArchive}, as the launcher wants it after a
 * build. Ends with the process that started it.
 */
@Command(
    name = RehearseCommand.NAME,
    hidden = true,
    description = "Open a shop in one process, sell a book, close it.")
final class RehearseCommand implements Callable<Integer> {

  static final String NAME = "rehearse";

  private static final int NODES = 3;
  private static final int ELECTION_MIN_MILLIS = 300;
  private static final int ELECTION_MAX_MILLIS = 600;
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final long POLL_MILLIS = 50;
  private static final String BOOKS = "id,title,author,topic,priceCents,stock\n1,A,B,c,100,10\n";

  private final Surroundings surroundings;

  @Option(names = "--archive", hidden = true, description = "leave an archive of classes")
  private boolean archive;

  RehearseCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    if (archive) {
      Program program = surroundings.program();
      ClassArchive wanted = ClassArchive.of(program);
      return wanted.isThere() || wanted.make(program) ? ExitCode.OK : ExitCode.UNAVAILABLE;
    }
    ProcessHandle.current().parent().ifPresent(RehearseCommand::endWith);
    return rehearse();
  }

  private static void endWith(ProcessHandle parent) {
    var unused = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(ExitCode.UNAVAILABLE));
  }

  private int rehearse() throws Exception {
    Path folder = Files.createTempDirectory("pygmy-rehearsal");
    List<Node> nodes = new ArrayList<>();
    HttpClient http = HttpClient.newHttpClient();
    try {
      Conf conf = conf(Files.writeString(folder.resolve("books.csv"), BOOKS));
      for (NodeConf node : conf.nodes()) {
        nodes.add(start(conf, node, folder));
      }
      for (NodeConf node : conf.nodes()) {
        if (!sells(http, node.url().orElseThrow())) {
          return ExitCode.UNAVAILABLE;
        }
      }
      return ExitCode.OK;
    } finally {
      nodes.forEach(Node::close);
      ResetCommand.removeTree(folder);
    }
  }

  private Node start(Conf conf, NodeConf node, Path folder) throws IOException {
    Outside outside =
        new Outside(
            surroundings.nanoClock(),
            System::currentTimeMillis,
            surroundings.random(),
            cause -> Runtime.getRuntime().halt(ExitCode.UNAVAILABLE));
    NodeTask task = new NodeTask(conf, node, folder.resolve("data"), false, () -> {});
    return Node.start(task, outside, () -> UUID.randomUUID().toString());
  }

  /** A buy, as soon as there is a book, a look-up, a page and the order. */
  private boolean sells(HttpClient http, String url) throws IOException, InterruptedException {
    HttpRequest buy =
        HttpRequest.newBuilder(URI.create(url + "/orders"))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(BodyPublishers.ofString("{\"items\":[{\"book\":1,\"quantity\":1}]}"))
            .build();
    long begun = surroundings.nanoClock().getAsLong();
    HttpResponse<String> order = http.send(buy, BodyHandlers.ofString());
    while (order.statusCode() != HttpURLConnection.HTTP_CREATED
        && surroundings.nanoClock().getAsLong() - begun < PATIENCE.toNanos()) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      order = http.send(buy, BodyHandlers.ofString());
    }
    return order.statusCode() == HttpURLConnection.HTTP_CREATED
        && get(http, url + order.headers().firstValue("Location").orElse("/"))
            == HttpURLConnection.HTTP_OK
        && get(http, url + "/books/1") == HttpURLConnection.HTTP_OK
        && get(http, url + "/books?topic=c") == HttpURLConnection.HTTP_OK
        && get(http, url + "/cluster") == HttpURLConnection.HTTP_OK
        && get(http, url + "/metrics") == HttpURLConnection.HTTP_OK;
  }

  private static int get(HttpClient http, String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static Conf conf(Path catalogue) {
    List<NodeConf> nodes = new ArrayList<>();
    for (int i = 1; i <= NODES; i++) {
      nodes.add(
          new NodeConf(
              "n" + i,
              "127.0.0.1",
              Set.of(Role.values()),
              OptionalInt.of(Ports.free()),
              OptionalInt.of(Ports.free()),
              OptionalInt.of(Ports.free()),
              0,
              false));
    }
    return new Conf(
        "rehearsal-" + ProcessHandle.current().pid(),
        nodes,
        new RaftConf(ELECTION_MIN_MILLIS, ELECTION_MAX_MILLIS),
        new RestockConf(true, 1, 0, Optional.empty()),
        Balancing.LOCAL_FIRST,
        new CacheConf(true),
        new LimitsConf(0),
        LogFormat.TEXT,
        List.of(),
        Optional.of(catalogue),
        Optional.empty(),
        Optional.empty());
  }
}
