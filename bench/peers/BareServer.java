import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/**
 * What a look-up could cost at least: Vert.x answers every request with the same bytes, and neither
 * routes nor looks anything up. Arguments: port, body.
 */
public final class BareServer extends VerticleBase {

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private final int port;
  private final Buffer body;
  private final CharSequence length;

  private BareServer(int port, String body) {
    this.port = port;
    this.body = Buffer.buffer(body);
    this.length = HttpHeaders.createOptimized(Integer.toString(this.body.length()));
  }

  @Override
  public Future<?> start() {
    return vertx
        .createHttpServer()
        .requestHandler(
            request -> {
              HttpServerResponse response = request.response();
              response.headers().set(HttpHeaders.CONTENT_TYPE, JSON);
              response.headers().set(HttpHeaders.CONTENT_LENGTH, length);
              response.end(body);
            })
        .listen(port, "127.0.0.1");
  }

  public static void main(String[] arguments) {
    int port = Integer.parseInt(arguments[0]);
    int loops = Math.max(2, Runtime.getRuntime().availableProcessors()); // as many as a node has
    Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops))
        .deployVerticle(
            () -> new BareServer(port, arguments[1]), new DeploymentOptions().setInstances(loops))
        .onFailure(
            failure -> {
              System.err.println(failure);
              System.exit(1);
            });
  }
}
