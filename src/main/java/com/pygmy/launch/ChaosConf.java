package com.pygmy.launch;

import com.pygmy.chaos.Load;
import com.pygmy.chaos.Network;
import com.pygmy.chaos.Ports;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The conf of a shop for the fault suite: another one's nodes, elsewhere, with books of its own.
 */
final class ChaosConf {

  private ChaosConf() {}

  /**
   * Writes conf and catalogue into a folder.
   *
   * @param like a conf that has been checked
   * @return the conf
   */
  static Path write(
      Path like, Path folder, Optional<Network> network, Load load, String token, long pid)
      throws IOException {
    JsonObject conf = new JsonObject(Files.readString(like));
    int number = 0;
    for (Object each : conf.getJsonArray("nodes")) {
      JsonObject node = (JsonObject) each;
      number++;
      node.put("host", network.isPresent() ? network.get().address(number) : "127.0.0.1");
      Object unusedPort = node.remove("eventBus"); // any will do
      for (String listener : List.of("http", "raft", "hazelcast", "management")) {
        if (node.containsKey(listener)) {
          node.getJsonObject(listener).put("port", Ports.free());
        }
      }
    }
    Object unusedLimits = conf.remove("limits"); // its clients are many, and have one address
    Object unusedTls = conf.remove("tls"); // they do not speak it, and the addresses are others
    Object unusedNodeTls = conf.remove("nodeTls"); // its files lie beside the other conf
    // A sweep would fill shelves that the clients' sums know nothing of.
    conf.put("cluster", "chaos-" + pid)
        .put("restock", new JsonObject().put("enabled", false).put("everySeconds", 0))
        .put("admin", new JsonObject().put("token", token))
        .put("catalogue", "books.csv");
    List<String> books = new ArrayList<>(List.of("id,title,author,topic,priceCents,stock"));
    books.addAll(load.catalogue());
    Files.write(folder.resolve("books.csv"), books);
    return Files.writeString(folder.resolve("chaos.json"), conf.encodePrettily());
  }
}
