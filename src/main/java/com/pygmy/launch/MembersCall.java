package com.pygmy.launch;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Asks frontends for a change of the catalog's members: one after the other, until one answers. */
record MembersCall(List<String> urls, Optional<String> token, Trust trust) {

  private static final int CONNECT_MILLIS = 2_000;

  /** Longer than a frontend takes to answer. */
  private static final int ANSWER_MILLIS = 12_000;

  private static final int MAX_BYTES = 1 << 20;
  private static final String PATH = "/cluster/replicas";

  /** What one answered; status 0: nobody did. */
  record Said(int status, JsonObject body) {

    boolean isDone() {
      return status == 200;
    }

    /** Asking again may help. */
    boolean isOpen() {
      return status == 0 || status == 202 || status == 503;
    }

    String members() {
      return body.getJsonArray("replicas").stream()
          .map(JsonObject.class::cast)
          .map(voter -> voter.getString("name"))
          .collect(Collectors.joining(", "));
    }

    String why() {
      return status == 0 ? "no frontend answers" : body.getString("detail", "status " + status);
    }
  }

  MembersCall {
    urls = List.copyOf(urls);
  }

  /** Blocks, for a bounded time. */
  Said add(String name, String host, int raftPort) {
    JsonObject voter =
        new JsonObject().put("name", name).put("host", host).put("raftPort", raftPort);
    return call("POST", PATH, Optional.of(voter.encode()));
  }

  /** Blocks, for a bounded time. */
  Said remove(String name) {
    return call("DELETE", PATH + "/" + name, Optional.empty());
  }

  private Said call(String method, String path, Optional<String> body) {
    return urls.stream()
        .flatMap(url -> attempt(method, url + path, body).stream())
        .findFirst()
        .orElse(new Said(0, new JsonObject()));
  }

  private Optional<Said> attempt(String method, String url, Optional<String> body) {
    HttpURLConnection connection = null;
    try {
      connection = trust.open(url);
      connection.setRequestMethod(method);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      if (token.isPresent()) {
        connection.setRequestProperty("Authorization", "Bearer " + token.get());
      }
      if (body.isPresent()) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body.get().getBytes(StandardCharsets.UTF_8));
        }
      }
      int status = connection.getResponseCode();
      try (InputStream in =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        return Optional.of(new Said(status, new JsonObject(text)));
      }
    } catch (IOException | IllegalArgumentException | DecodeException | NullPointerException e) {
      return Optional.empty();
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }
}
