import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;

/**
 * A thin shop before PostgreSQL: {@code POST /orders} becomes one call of the function {@code buy},
 * a transaction of its own, on one of some connections kept open. Speaks PostgreSQL's protocol 3
 * itself (a prepared statement, text parameters, authentication "trust"), so that no driver stands
 * between. Arguments: HTTP port, port of PostgreSQL, connections in all.
 */
public final class PgFront extends VerticleBase {

  private final int port;
  private final int databasePort;
  private final int connections;
  private final Queue<Buy> waiting = new ArrayDeque<>();
  private final Deque<Connection> idle = new ArrayDeque<>();

  /** Somebody wants one book, and waits for the answer. */
  private record Buy(HttpServerRequest request, String key, int book, int quantity) {}

  private PgFront(int port, int databasePort, int connections) {
    this.port = port;
    this.databasePort = databasePort;
    this.connections = connections;
  }

  @Override
  public Future<?> start() {
    List<Future<?>> opened = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      opened.add(
          vertx
              .createNetClient()
              .connect(databasePort, "127.0.0.1")
              .map(Connection::new)
              .onSuccess(Connection::open));
    }
    return Future.all(opened)
        .compose(
            all -> vertx.createHttpServer().requestHandler(this::place).listen(port, "127.0.0.1"));
  }

  private void place(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              JsonObject line = body.toJsonObject().getJsonArray("items").getJsonObject(0);
              String key = request.getHeader("Idempotency-Key");
              int quantity = line.getInteger("quantity");
              waiting.add(new Buy(request, key, line.getInteger("book"), quantity));
              serve();
            });
  }

  private void serve() {
    while (!idle.isEmpty() && !waiting.isEmpty()) {
      idle.pop().run(waiting.remove()); // the one that was used last
    }
  }

  private static void answer(Buy buy, String number) {
    JsonObject order = new JsonObject().put("number", Long.parseLong(number)).put("key", buy.key());
    buy.request()
        .response()
        .setStatusCode(201)
        .putHeader("content-type", "application/json")
        .end(order.toBuffer());
  }

  /** One conversation with PostgreSQL; one buy at a time. */
  private final class Connection {
    private final NetSocket socket;
    private Buffer unread = Buffer.buffer();
    private Buy current;
    private String number;

    Connection(NetSocket socket) {
      this.socket = socket;
    }

    void open() {
      socket.handler(this::hear);
      socket.closeHandler(
          closed -> {
            if (current != null) {
              current.request().response().setStatusCode(503).end();
            }
          });
      Buffer startup = Buffer.buffer().appendInt(3 << 16);
      for (String word : List.of("user", "postgres", "database", "shop", "")) {
        text(startup, word);
      }
      Buffer prepare = text(Buffer.buffer(), "buy");
      text(prepare, "SELECT buy($1::text, $2::integer, $3::integer)").appendShort((short) 0);
      Buffer all = Buffer.buffer().appendInt(startup.length() + 4).appendBuffer(startup);
      socket.write(message(all, 'P', prepare)); // ready when the start-up is
    }

    void run(Buy buy) {
      current = buy;
      number = null;
      Buffer bind = text(text(Buffer.buffer(), ""), "buy").appendShort((short) 0);
      bind.appendShort((short) 3);
      for (String value : List.of(buy.key(), "" + buy.book(), "" + buy.quantity())) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        bind.appendInt(bytes.length).appendBytes(bytes);
      }
      bind.appendShort((short) 0);
      Buffer all = message(Buffer.buffer(), 'B', bind);
      message(all, 'E', text(Buffer.buffer(), "").appendInt(0));
      socket.write(message(all, 'S', Buffer.buffer()));
    }

    private void hear(Buffer more) {
      unread.appendBuffer(more);
      int at = 0;
      while (unread.length() - at >= 5 && unread.length() - at > unread.getInt(at + 1)) {
        take((char) unread.getByte(at), at + 5);
        at += 1 + unread.getInt(at + 1);
      }
      unread = at == unread.length() ? Buffer.buffer() : unread.getBuffer(at, unread.length());
    }

    private void take(char type, int content) {
      if (type == 'D') { // a row: the count of columns, then each with its length
        int length = unread.getInt(content + 2);
        number = unread.getString(content + 6, content + 6 + length);
      } else if (type == 'Z') {
        if (current != null && number != null) {
          answer(current, number);
        } else if (current != null) {
          current.request().response().setStatusCode(500).end();
        }
        current = null;
        idle.push(this);
        serve();
      }
    }

    private static Buffer text(Buffer out, String text) {
      return out.appendString(text).appendByte((byte) 0);
    }

    private static Buffer message(Buffer out, char type, Buffer content) {
      return out.appendByte((byte) type).appendInt(content.length() + 4).appendBuffer(content);
    }
  }

  public static void main(String[] arguments) {
    int loops = Math.max(2, Runtime.getRuntime().availableProcessors());
    int port = Integer.parseInt(arguments[0]);
    int databasePort = Integer.parseInt(arguments[1]);
    int each = Math.max(1, Integer.parseInt(arguments[2]) / loops);
    Vertx.vertx()
        .deployVerticle(
            () -> new PgFront(port, databasePort, each),
            new DeploymentOptions().setInstances(loops))
        .onFailure(
            failure -> {
              System.err.println(failure);
              System.exit(1);
            });
  }
}
