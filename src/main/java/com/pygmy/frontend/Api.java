package com.pygmy.frontend;

import com.pygmy.wire.json.Route;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The routes, each with its endpoint. */
final class Api {

  private final Edge edge;
  private final MeterRegistry metrics;
  private final BookReads reads;
  private final BookCommands commands;
  private final Orders orders;
  private final Members members;
  private final Operations operations;
  private final BackupReads backups;
  private final EventStreams events;
  private final Assets assets;
  private final Traffic traffic;

  Api(
      Edge edge,
      MeterRegistry metrics,
      BookReads reads,
      BookCommands commands,
      Orders orders,
      Members members,
      Operations operations,
      BackupReads backups,
      EventStreams events,
      Assets assets,
      Traffic traffic) {
    this.edge = edge;
    this.metrics = metrics;
    this.reads = reads;
    this.commands = commands;
    this.orders = orders;
    this.members = members;
    this.operations = operations;
    this.backups = backups;
    this.events = events;
    this.assets = assets;
    this.traffic = traffic;
  }

  Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    for (Route route : Route.values()) {
      Endpoint endpoint = endpoint(route);
      io.vertx.ext.web.Route mounted =
          router.route(HttpMethod.valueOf(route.method()), path(route));
      if (route.method().equals("GET")) {
        mounted.method(HttpMethod.HEAD);
      }
      RouteFigures figures = new RouteFigures(route, metrics, traffic);
      mounted.handler(
          isProbe(route)
              ? context -> edge.answerAlways(context, endpoint)
              : context -> edge.answer(context, endpoint, figures));
    }
    Arrays.stream(Route.values())
        .map(Api::path)
        .distinct()
        .forEach(path -> router.route(path).handler(context -> notAllowed(context, path)));
    return router
        .errorHandler(
            400, context -> fail(context, new Failure.Malformed("the request cannot be read")))
        .errorHandler(404, context -> fail(context, new Failure.UnknownRoute()))
        .errorHandler(500, context -> edge.fail(context, context.failure()));
  }

  private Endpoint endpoint(Route route) {
    return switch (route) {
      case READ_BOOK, LOOKUP -> reads::book;
      case LIST_BOOKS -> reads::list;
      case SEARCH -> reads::search;
      case LIST_TOPICS -> reads::topics;
      case ADD_BOOKS -> commands::add;
      case REVISE_BOOK -> commands::revise;
      case RESTOCK_BOOK -> commands::restock;
      case PLACE_ORDER -> orders::place;
      case BUY -> orders::buyOne;
      case READ_ORDER -> orders::byNumber;
      case FIND_ORDERS -> orders::find;
      case BACKUP -> backups::read;
      case ADD_REPLICA -> members::add;
      case REMOVE_REPLICA -> members::remove;
      case EVENTS -> events::open;
      case CLUSTER -> operations::cluster;
      case LIVE -> operations::live;
      case READY -> operations::ready;
      case STARTED -> operations::started;
      case METRICS -> operations::metrics;
      case OPENAPI -> operations::openapi;
      case SHOP_PAGE -> assets::shopPage;
      case OPERATIONS_PAGE -> assets::operationsPage;
      case PROBLEM_LIST -> assets::problemList;
      case PROBLEM -> assets::problem;
      case ASSET -> assets::asset;
    };
  }

  /** Those who watch over a frontend must see it, above all when it has too much to do. */
  private static boolean isProbe(Route route) {
    return switch (route) {
      case LIVE, READY, STARTED, METRICS -> true;
      default -> false;
    };
  }

  /** The template in the router's notation: {@code /books/:id}. */
  private static String path(Route route) {
    return route.template().replaceAll("\\{([a-z]+)}", ":$1");
  }

  private void notAllowed(RoutingContext context, String path) {
    String allow =
        Arrays.stream(Route.values())
            .filter(route -> path(route).equals(path))
            .map(Route::method)
            .flatMap(method -> method.equals("GET") ? Stream.of("GET", "HEAD") : Stream.of(method))
            .collect(Collectors.joining(", "));
    fail(context, new Failure.MethodNotAllowed(allow));
  }

  private void fail(RoutingContext context, Failure failure) {
    edge.fail(context, failure.exception());
  }
}
