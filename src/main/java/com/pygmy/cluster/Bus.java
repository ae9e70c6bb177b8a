package com.pygmy.cluster;

import com.pygmy.wire.Addresses;
import com.pygmy.wire.Message;
import com.pygmy.wire.Message.Service;
import com.pygmy.wire.MessageCodec;
import com.pygmy.wire.RequestMark;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event bus, speaking {@link Message}s. Every request has a time-out; a message that is none of
 * ours is dropped with a line in the log.
 */
public final class Bus {

  private static final Logger log = LoggerFactory.getLogger(Bus.class);

  /** Tells a failed handler from a time-out in the asker's log. */
  private static final int FAILED = 1;

  private final Vertx vertx;

  /** Where this node listens, as far as the cluster has confirmed it once. */
  private final Map<String, MessageConsumer<Message>> listening = new ConcurrentHashMap<>();

  /** Registers the codec; one bus a Vert.x instance. */
  public Bus(Vertx vertx) {
    this.vertx = vertx;
    vertx.eventBus().registerCodec(new MessageCodec());
  }

  /**
   * Asks one replica of a service.
   *
   * @return its answer; fails when there was none in time, when nobody listens there, or when the
   *     replica failed or answered nonsense: then it is unknown whether the request was taken, or
   *     still will be (a message may wait here for the subscriptions to be known)
   */
  public Future<Message> ask(Service service, String replica, Message request, long timeoutMillis) {
    return ask(service, replica, request, timeoutMillis, Optional.empty());
  }

  /**
   * The same for an HTTP request: what the replica logs while it takes it, and if it fails, bears
   * its id.
   */
  public Future<Message> ask(
      Service service,
      String replica,
      Message request,
      long timeoutMillis,
      Optional<String> requestId) {
    String address = Addresses.of(service, replica);
    // Spares a request to this very node the look at the cluster's subscriptions.
    DeliveryOptions options = options(timeoutMillis).setLocalOnly(isServed(address));
    if (requestId.isPresent()) {
      options = options.addHeader(RequestMark.REQUEST_ID, requestId.get());
    }
    return vertx
        .eventBus()
        .<Message>request(address, request, options)
        .map(
            reply ->
                Objects.requireNonNull(
                    reply.body(), "an empty answer, or one that cannot be read"));
  }

  /** Did {@link #ask} fail before the request reached anyone? */
  public static boolean wasNotDelivered(Throwable failure) {
    return failure instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.NO_HANDLERS;
  }

  /** Did {@link #ask} fail because the replica did, and not its way? */
  public static boolean isOfReplica(Throwable failure) {
    return failure instanceof ReplyException reply
        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE;
  }

  /** Tells everyone who listens at an address. May be lost. */
  public void publish(String address, Message message) {
    vertx.eventBus().publish(address, message, options(DeliveryOptions.DEFAULT_TIMEOUT));
  }

  /** Tells one who listens at an address. May be lost. */
  public void tell(String address, Message message) {
    vertx.eventBus().send(address, message, options(DeliveryOptions.DEFAULT_TIMEOUT));
  }

  /**
   * Takes the requests to one replica, until the consumer is unregistered. A handler that fails
   * leaves the asker with a failure, which claims nothing; what it expects it answers as a message.
   *
   * @return done when the whole cluster knows of it
   */
  public Future<MessageConsumer<Message>> serve(
      Service service, String replica, Function<Message, Future<Message>> handler) {
    String address = Addresses.of(service, replica);
    MessageConsumer<Message> consumer = vertx.eventBus().consumer(address);
    consumer.handler(
        message ->
            read(
                address,
                message,
                (request, mark) -> answer(address, message, request, mark, handler)));
    return registered(address, consumer);
  }

  /**
   * Listens to what is said at an address, until the consumer is unregistered.
   *
   * @return done when the whole cluster knows of it
   */
  public Future<MessageConsumer<Message>> listen(String address, Consumer<Message> handler) {
    MessageConsumer<Message> consumer = vertx.eventBus().consumer(address);
    consumer.handler(message -> read(address, message, (said, mark) -> handler.accept(said)));
    return registered(address, consumer);
  }

  private Future<MessageConsumer<Message>> registered(
      String address, MessageConsumer<Message> consumer) {
    return consumer.completion().onSuccess(known -> listening.put(address, consumer)).map(consumer);
  }

  /**
   * The addresses that this node listens at without the cluster having it on record: nobody else
   * can reach it there. To ask them would not tell, for a message to nobody known stays in its own
   * node.
   *
   * @return fails when the cluster's records cannot be looked into
   */
  Future<List<String>> lost() {
    ClusterManager cluster = ((VertxInternal) vertx).clusterManager();
    listening.values().removeIf(consumer -> !consumer.isRegistered());
    if (cluster == null) {
      return Future.succeededFuture(List.of());
    }
    List<Future<Boolean>> recorded = new ArrayList<>();
    List<String> addresses = List.copyOf(listening.keySet());
    addresses.forEach(address -> recorded.add(isRecorded(cluster, address)));
    return Future.all(recorded)
        .map(
            done ->
                IntStream.range(0, addresses.size())
                    .filter(i -> !recorded.get(i).result())
                    .mapToObj(addresses::get)
                    .filter(this::isServed)
                    .sorted()
                    .toList());
  }

  private static Future<Boolean> isRecorded(ClusterManager cluster, String address) {
    Promise<List<RegistrationInfo>> records = Promise.promise();
    cluster.getRegistrations(address, records);
    return records
        .future()
        .map(all -> all.stream().anyMatch(one -> one.nodeId().equals(cluster.getNodeId())));
  }

  private boolean isServed(String address) {
    MessageConsumer<Message> consumer = listening.get(address);
    return consumer != null && consumer.isRegistered();
  }

  private static void read(
      String address,
      io.vertx.core.eventbus.Message<Message> message,
      BiConsumer<Message, RequestMark> handler) {
    Message body;
    try {
      body = message.body();
    } catch (RuntimeException e) {
      log.warn("dropped a malformed message at {}: {}", address, e.getMessage());
      return;
    }
    if (body == null) {
      log.warn("dropped a message at {}: it is empty, or cannot be read", address);
      return;
    }
    Optional<String> requestId = Optional.ofNullable(message.headers().get(RequestMark.REQUEST_ID));
    RequestMark mark = RequestMark.of(requestId, body);
    mark.around(
        () -> {
          try {
            handler.accept(body, mark);
          } catch (RuntimeException e) {
            log.error("{} failed on {}", address, body.getClass().getSimpleName(), e);
          }
        });
  }

  private static void answer(
      String address,
      io.vertx.core.eventbus.Message<Message> message,
      Message request,
      RequestMark mark,
      Function<Message, Future<Message>> handler) {
    Future<Message> answer;
    try {
      answer = handler.apply(request);
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    answer.onComplete(
        done -> {
          if (done.succeeded() && done.result() != null) {
            message.reply(done.result(), options(DeliveryOptions.DEFAULT_TIMEOUT));
          } else {
            String what = request.getClass().getSimpleName();
            mark.around(() -> log.error("{} failed on {}", address, what, done.cause()));
            // Not Unavailable, which promises that nothing was changed.
            message.fail(FAILED, "internal failure");
          }
        });
  }

  private static DeliveryOptions options(long timeoutMillis) {
    return new DeliveryOptions().setCodecName(MessageCodec.NAME).setSendTimeout(timeoutMillis);
  }
}
