package com.pygmy.frontend;

import com.pygmy.wire.json.Route;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;

/** The routes, each with its endpoint. */
final class Api {

  private final Edge edge;
  private final MeterRegistry metrics;
  private final BookReads reads;
  private final BookCommands commands;
  private final Orders orders;
  private final Members members;
  private final Operations operations;
  private final Health health;
  private final Scrapes scrapes;
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
      Health health,
      Scrapes scrapes,
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
    this.health = health;
    this.scrapes = scrapes;
    this.backups = backups;
    this.events = events;
    this.assets = assets;
    this.traffic = traffic;
  }

  Router router(Vertx vertx) {
    Routing routing = new Routing(vertx, edge);
    for (Route route : Route.values()) {
      Endpoint endpoint = endpoint(route);
      RouteFigures figures = new RouteFigures(route, metrics, traffic);
      routing.add(
          route,
          isProbe(route)
              ? context -> edge.answerAlways(context, endpoint)
              : context -> edge.answer(context, endpoint, figures));
    }
    return routing.router();
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
      case LIVE -> health::live;
      case READY -> operations::ready;
      case STARTED -> health::started;
      case METRICS -> scrapes::metrics;
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
}
