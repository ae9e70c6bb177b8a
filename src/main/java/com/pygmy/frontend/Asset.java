package com.pygmy.frontend;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * One file for browsers, plain and, if that is shorter, compressed. A browser may keep it, and asks
 * each time whether it still is what the server has: so nodes of two versions may serve one page.
 */
final class Asset {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

  private static final Map<String, CharSequence> TYPES =
      Map.of(
          "html", HttpHeaders.createOptimized("text/html; charset=utf-8"),
          "css", HttpHeaders.createOptimized("text/css; charset=utf-8"),
          "js", HttpHeaders.createOptimized("text/javascript; charset=utf-8"),
          "svg", HttpHeaders.createOptimized("image/svg+xml"),
          "png", HttpHeaders.createOptimized("image/png"),
          "webmanifest", HttpHeaders.createOptimized("application/manifest+json"));

  /** Nothing from elsewhere, nothing written into the page itself, no frame around it. */
  private static final String POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
          + " frame-ancestors 'none'";

  private static final List<Map.Entry<CharSequence, CharSequence>> GUARDS =
      List.of(
          guard("Content-Security-Policy", POLICY),
          guard("Referrer-Policy", "no-referrer"),
          guard("Cross-Origin-Opener-Policy", "same-origin"));

  private static final CharSequence GZIP = HttpHeaders.createOptimized("gzip");

  private final String name;
  private final String etag;
  private final Reply plain;
  private final Optional<Reply> compressed;
  private final Reply unchanged;

  private Asset(String name, CharSequence type, Buffer content) {
    this.name = name;
    // One tag for both forms: what is asked about is the file.
    this.etag = "W/" + ETags.of(content);
    this.plain = kept(Reply.of(200, type, content));
    byte[] shorter = gzip(content.getBytes());
    this.compressed =
        shorter.length < content.length()
            ? Optional.of(
                kept(Reply.of(200, type, Buffer.buffer(shorter)))
                    .with(HttpHeaders.CONTENT_ENCODING, GZIP))
            : Optional.empty();
    this.unchanged = kept(Reply.empty(304));
  }

  /**
   * @throws IllegalArgumentException when its name says no type, or could not be asked for
   */
  static Asset of(String name, Buffer content) {
    CharSequence type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (type == null || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("webroot/" + name + " cannot be served");
    }
    return new Asset(name, type, content);
  }

  String name() {
    return name;
  }

  /** The file, or that it is what the client has. */
  Reply answer(Optional<String> ifNoneMatch, Optional<String> acceptEncoding) {
    if (!ETags.hasChanged(ifNoneMatch, etag.substring(2))) {
      return unchanged;
    }
    return compressed
        .filter(shorter -> acceptEncoding.filter(Asset::takesGzip).isPresent())
        .orElse(plain);
  }

  private Reply kept(Reply reply) {
    Reply guarded =
        reply
            .with(HttpHeaders.ETAG, etag)
            .with(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
            .revalidated();
    for (Map.Entry<CharSequence, CharSequence> guard : GUARDS) {
      guarded = guarded.with(guard.getKey(), guard.getValue());
    }
    return guarded;
  }

  private static boolean takesGzip(String acceptEncoding) {
    return Arrays.stream(acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1))
        .map(String::strip)
        .anyMatch(
            coding ->
                coding.equals("gzip")
                    || (coding.startsWith("gzip;") && !coding.matches(".*q=0(\\.0*)?")));
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return out.toByteArray();
  }

  private static Map.Entry<CharSequence, CharSequence> guard(String name, String value) {
    return Map.entry(HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value));
  }
}
