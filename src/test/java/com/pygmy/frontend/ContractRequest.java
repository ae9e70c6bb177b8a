package com.pygmy.frontend;

import com.pygmy.frontend.Contract.Operation;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request for one operation of the contract, made of its examples.
 *
 * @param body empty: it has none
 */
record ContractRequest(String method, String uri, Map<String, String> headers, String body) {

  /** With what it must have and nothing else, by the administrator. */
  static ContractRequest of(Contract contract, Operation operation) {
    String path = operation.template();
    for (JsonObject parameter : operation.parameters("path")) {
      String example = contract.example(parameter).toString();
      path = path.replace("{" + parameter.getString("name") + "}", encoded(example));
    }
    Map<String, String> headers = Map.of("Authorization", "Bearer " + FrontendFixture.TOKEN);
    ContractRequest bare = new ContractRequest(operation.method(), path, headers, "");
    return operation.bodies().entrySet().stream()
        .findFirst()
        .map(
            first ->
                bare.with("Content-Type", first.getKey())
                    .withBody(contract.example(first.getValue()).toString()))
        .orElse(bare);
  }

  /** One for each example: of bodies, and of parameters that may be left out. */
  static List<ContractRequest> all(Contract contract, Operation operation) {
    ContractRequest bare = of(contract, operation);
    List<ContractRequest> all = new ArrayList<>(List.of(bare));
    operation
        .bodies()
        .forEach(
            (media, body) ->
                contract
                    .examples(body)
                    .values()
                    .forEach(
                        example ->
                            all.add(
                                bare.with("Content-Type", media).withBody(example.toString()))));
    for (JsonObject parameter : operation.parameters("query")) {
      contract
          .examples(parameter)
          .values()
          .forEach(value -> all.add(bare.asking(parameter.getString("name"), value.toString())));
    }
    for (JsonObject parameter : operation.parameters("header")) {
      contract
          .examples(parameter)
          .values()
          .forEach(value -> all.add(bare.with(parameter.getString("name"), value.toString())));
    }
    return all;
  }

  ContractRequest with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new ContractRequest(method, uri, more, body);
  }

  ContractRequest withBody(String other) {
    return new ContractRequest(method, uri, headers, other);
  }

  ContractRequest by(String other) {
    return new ContractRequest(other, uri, headers, body);
  }

  ContractRequest to(String other) {
    return new ContractRequest(method, other, headers, body);
  }

  ContractRequest asking(String name, String value) {
    return to(uri + "?" + name + "=" + encoded(value));
  }

  ContractRequest byAStranger() {
    return new ContractRequest(
        method, uri, Map.of("Content-Type", headers.getOrDefault("Content-Type", "")), body);
  }

  /** As it is sent; its length may be another one, if a header says so. */
  String text() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Host", "a");
    all.put("Connection", "close");
    if (!body.isEmpty()) {
      all.put("Content-Length", "" + body.getBytes(StandardCharsets.ISO_8859_1).length);
    }
    all.putAll(headers);
    StringBuilder text = new StringBuilder(method + " " + uri + " HTTP/1.1\r\n");
    all.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    return text.append("\r\n" + body).toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
