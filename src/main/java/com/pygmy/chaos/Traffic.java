package com.pygmy.chaos;

import com.pygmy.history.Recorder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.WebClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Readers, buyers and administrators of a shop, evenly over its frontends; everything that they ask
 * and are answered is recorded. All chance is the seed's, but when what is asked is not.
 */
public final class Traffic implements AutoCloseable {

  private static final long RETRY_MILLIS = 10;
  private static final long ADMINISTRATORS_PAUSE_MILLIS = 100;
  private static final int CONNECT_MILLIS = 1_000;
  private static final int MOST_CONNECTIONS = 64;
  private static final long CLOSE_SECONDS = 10;

  /** Of a client: by then all three nodes and this process have run the way of each request. */
  private static final int WARM_TURNS = 20;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final WebClient http = WebClient.wrap(connections(vertx));
  private final List<String> urls;
  private final String token;
  private final Load load;
  private final long seed;
  private final Recorder recorder;
  private final Ledger ledger;
  private final LongSupplier nanos;
  private final Pulse pulse;
  private final CountDownLatch cold;
  private volatile boolean stopped;
  private volatile boolean givenUp;
  private int clients;

  /**
   * Nobody asks anything yet.
   *
   * @param token of the administrator
   */
  public Traffic(
      List<String> urls,
      String token,
      Load load,
      long seed,
      Recorder recorder,
      Ledger ledger,
      LongSupplier nanos) {
    this.urls = List.copyOf(urls);
    this.token = token;
    this.load = load;
    this.seed = seed;
    this.recorder = recorder;
    this.ledger = ledger;
    this.nanos = nanos;
    this.pulse = new Pulse(nanos);
    this.cold = new CountDownLatch(load.readers() + load.buyers() + load.administrators());
  }

  /** A connection that a killed node drops is nothing to tell anybody. */
  private static HttpClient connections(Vertx vertx) {
    return vertx
        .httpClientBuilder()
        .with(new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS))
        .with(new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS))
        .withConnectHandler(
            connection -> {
              HttpConnection unused = connection.exceptionHandler(lost -> {});
            })
        .build();
  }

  /** Lets them all begin. Ends when, after {@link #stop}, all that was sent has an outcome. */
  public Future<Void> start() {
    List<Future<Void>> all = new ArrayList<>();
    for (int i = 0; i < load.readers(); i++) {
      all.add(untilStopped(new Reader(client(i))::read, load.pauseMillis()));
    }
    for (int i = 0; i < load.buyers(); i++) {
      all.add(untilStopped(new Writer(client(i))::buy, load.pauseMillis()));
    }
    for (int i = 0; i < load.administrators(); i++) {
      all.add(untilStopped(new Writer(client(i))::administer, ADMINISTRATORS_PAUSE_MILLIS));
    }
    return Future.join(all).mapEmpty();
  }

  private Client client(int home) {
    int number = ++clients;
    Caller caller = new Caller(http, urls, token, ledger, nanos, pulse, home % urls.size());
    return new Client(
        number,
        new Random(seed * 1_000 + number),
        load,
        caller,
        recorder,
        ledger,
        () -> pause(RETRY_MILLIS),
        () -> givenUp);
  }

  private Future<Void> pause(long millis) {
    return vertx.timer(millis, TimeUnit.MILLISECONDS).mapEmpty();
  }

  /** Again and again; a chain of futures would grow with each turn. */
  private Future<Void> untilStopped(Supplier<Future<Void>> turn, long pauseMillis) {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(begin -> again(0, turn, pauseMillis, done));
    return done.future();
  }

  private void again(int turns, Supplier<Future<Void>> turn, long pauseMillis, Promise<Void> done) {
    if (turns == WARM_TURNS) {
      cold.countDown();
    }
    if (stopped) {
      done.complete();
      return;
    }
    turn.get()
        .compose(next -> pause(pauseMillis))
        .onSuccess(next -> again(turns + 1, turn, pauseMillis, done))
        .onFailure(
            broken -> {
              if (turns < WARM_TURNS) {
                cold.countDown(); // nobody need wait for it
              }
              done.fail(broken);
            });
  }

  /**
   * Waits until every client has had its first turns. A shop that has just been started, on a
   * machine with more to do than it can, lets them wait before it has even looked at them.
   *
   * @return false if it took longer than that
   */
  boolean awaitWarm(long millis) throws InterruptedException {
    return cold.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Nobody begins anything new; what was begun is asked for until there is an outcome. */
  public void stop() {
    stopped = true;
  }

  /** And nobody asks again for what has none. */
  public void giveUp() {
    stopped = true;
    givenUp = true;
  }

  /** The longest time between these moments in which this process did not run. */
  long heldUp(long from, long to) {
    return pulse.longestNanos(from, to);
  }

  @Override
  public void close() {
    giveUp();
    pulse.close();
    http.close();
    try {
      vertx.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException leftToTheEndOfTheProcess) {
      return;
    }
  }
}
