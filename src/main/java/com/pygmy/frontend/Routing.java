package com.pygmy.frontend;

import com.pygmy.wire.json.Route;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts routes at their paths, and has all else refused. */
final class Routing {

  private final Router router;
  private final Edge edge;
  private final List<Route> routes = new ArrayList<>();

  Routing(Vertx vertx, Edge edge) {
    this.router = Router.router(vertx);
    this.edge = edge;
  }

  Routing add(Route route, Handler<RoutingContext> handler) {
    routes.add(route);
    io.vertx.ext.web.Route mounted = router.route(HttpMethod.valueOf(route.method()), path(route));
    if (route.method().equals("GET")) {
      mounted.method(HttpMethod.HEAD);
    }
    mounted.handler(handler);
    return this;
  }

  /** To be called when all routes are added. */
  Router router() {
    routes.stream()
        .map(Routing::path)
        .distinct()
        .forEach(path -> router.route(path).handler(context -> notAllowed(context, path)));
    return router
        .errorHandler(
            400, context -> fail(context, new Failure.Malformed("the request cannot be read")))
        .errorHandler(404, context -> fail(context, new Failure.UnknownRoute()))
        .errorHandler(500, context -> edge.fail(context, context.failure()));
  }

  /** The template in the router's notation: {@code /books/:id}. */
  private static String path(Route route) {
    return route.template().replaceAll("\\{([a-z]+)}", ":$1");
  }

  private void notAllowed(RoutingContext context, String path) {
    String allow =
        routes.stream()
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
