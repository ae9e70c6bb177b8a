package com.pygmy.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks frontends for {@code /cluster}. */
record ClusterProbe(Trust trust) {

  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int MAX_BYTES = 1 << 20;

  /** What it answered; nothing if it did not, or not in two seconds. Blocks. */
  Optional<String> json(String url) {
    HttpURLConnection connection = null;
    try {
      connection = trust.open(url + "/cluster");
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setRequestProperty("Accept", "application/json");
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        return Optional.empty();
      }
      try (InputStream body = connection.getInputStream()) {
        return Optional.of(new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
      }
    } catch (IOException | IllegalArgumentException noAnswer) {
      return Optional.empty();
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }

  Optional<ClusterView> view(String url) {
    return json(url).flatMap(ClusterView::parse);
  }
}
