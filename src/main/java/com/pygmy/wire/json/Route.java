package com.pygmy.wire.json;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every route of the HTTP contract, by method and path template. */
public enum Route {
  READ_BOOK("GET", "/books/{id}"),
  PLACE_ORDER("POST", "/orders"),
  READ_ORDER("GET", "/orders/{number}"),
  LIST_BOOKS("GET", "/books"),
  FIND_ORDERS("GET", "/orders"),
  LIST_TOPICS("GET", "/topics"),
  ADD_BOOKS("POST", "/books"),
  REVISE_BOOK("PATCH", "/books/{id}"),
  RESTOCK_BOOK("POST", "/books/{id}/restock"),
  SEARCH("GET", "/search/{topic}"),
  LOOKUP("GET", "/lookup/{id}"),
  BUY("POST", "/buy/{id}"),
  BACKUP("GET", "/backup"),
  EVENTS("GET", "/events"),
  CLUSTER("GET", "/cluster"),
  ADD_REPLICA("POST", "/cluster/replicas"),
  REMOVE_REPLICA("DELETE", "/cluster/replicas/{name}"),
  LIVE("GET", "/health/live"),
  READY("GET", "/health/ready"),
  STARTED("GET", "/health/started"),
  METRICS("GET", "/metrics"),
  OPENAPI("GET", "/openapi.yaml"),
  SHOP_PAGE("GET", "/"),
  OPERATIONS_PAGE("GET", "/ops"),
  PROBLEM_LIST("GET", "/problems"),
  PROBLEM("GET", "/problems/{type}"),
  ASSET("GET", "/assets/{file}");

  private static final Pattern PARAMETER = Pattern.compile("\\{[a-z]+}");

  private final String method;
  private final String template;

  Route(String method, String template) {
    this.method = method;
    this.template = template;
  }

  public String method() {
    return method;
  }

  /** The path, with its parameters in braces. */
  public String template() {
    return template;
  }

  /** The path with its parameters filled in, percent-encoded. */
  public String path(Object... parameters) {
    Matcher matcher = PARAMETER.matcher(template);
    StringBuilder path = new StringBuilder();
    for (Object parameter : parameters) {
      if (!matcher.find()) {
        throw new IllegalArgumentException(template + " takes fewer parameters");
      }
      matcher.appendReplacement(path, Matcher.quoteReplacement(encoded(parameter)));
    }
    if (matcher.find()) {
      throw new IllegalArgumentException(template + " takes more parameters");
    }
    return matcher.appendTail(path).toString();
  }

  private static String encoded(Object parameter) {
    return URLEncoder.encode(parameter.toString(), StandardCharsets.UTF_8).replace("+", "%20");
  }
}
