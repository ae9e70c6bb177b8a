package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages and their files. */
class AssetsTest {

  private static final Path WEBROOT = Path.of("src/main/resources/webroot");

  private static FrontendFixture frontend;

  @BeforeAll
  static void start() {
    frontend = new FrontendFixture();
    frontend.start(FrontendFixture.settings());
  }

  @AfterAll
  static void stop() {
    frontend.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/, index.html, text/html; charset=utf-8",
    "/ops, ops.html, text/html; charset=utf-8",
    "/assets/pygmy.css, pygmy.css, text/css; charset=utf-8",
    "/assets/icon.svg, icon.svg, image/svg+xml"
  })
  void servesAFileAsItIsAndGuarded(String uri, String file, String type) throws IOException {
    HttpResponse<Buffer> response = frontend.get(uri);
    assertEquals(200, response.statusCode());
    assertArrayEquals(Files.readAllBytes(WEBROOT.resolve(file)), response.body().getBytes());
    assertEquals(type, response.getHeader("Content-Type"));
    assertEquals("nosniff", response.getHeader("X-Content-Type-Options"));
    assertEquals("no-referrer", response.getHeader("Referrer-Policy"));
    assertEquals("no-cache", response.getHeader("Cache-Control"));
    assertEquals("same-origin", response.getHeader("Cross-Origin-Opener-Policy"));
    String policy = response.getHeader("Content-Security-Policy");
    assertTrue(policy.startsWith("default-src 'self';"), policy);
    assertTrue(policy.contains("frame-ancestors 'none'"), policy);
    assertFalse(policy.contains("unsafe"), policy);
  }

  @Test
  void saysThatAFileHasNotChanged() {
    String etag = frontend.get("/assets/pygmy.css").getHeader("ETag");
    HttpResponse<Buffer> again =
        frontend.await(
            frontend.client().get("/assets/pygmy.css").putHeader("If-None-Match", etag).send());
    assertEquals(304, again.statusCode());
    assertNull(again.body());
    assertEquals(etag, again.getHeader("ETag"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip|true",
        "br, gzip;q=0.5|true",
        "br|false",
        "gzip;q=0|false",
        "GZIP;Q=0.0|false"
      })
  void compressesForThoseWhoTakeIt(String accepted, boolean compressed) throws IOException {
    HttpResponse<Buffer> response =
        frontend.await(
            frontend
                .client()
                .get("/assets/pygmy.css")
                .putHeader("Accept-Encoding", accepted)
                .send());
    assertEquals(compressed ? "gzip" : null, response.getHeader("Content-Encoding"));
    assertEquals("accept-encoding", response.getHeader("Vary"));
    byte[] body = response.body().getBytes();
    byte[] plain =
        compressed ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body;
    assertArrayEquals(Files.readAllBytes(WEBROOT.resolve("pygmy.css")), plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/assets/",
        "/assets/nothing.js",
        "/assets/index.html",
        "/assets/problem.html",
        "/index.html",
        "/webroot/",
        "/assets/../catalog-schema.sql",
        "/assets/..%2fopenapi.yaml",
        "/assets/%2e%2e%2fcatalog-schema.sql",
        "/assets/..%5copenapi.yaml",
        "/assets/pygmy.css%00",
        "/assets/%2fetc%2fpasswd",
        "/assets/PYGMY.CSS",
        "/assets/./ops.html"
      })
  void servesNothingElse(String uri) {
    String answer =
        new RawClient(frontend.port())
            .exchange("GET " + uri + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    int status = RawClient.status(answer);
    assertTrue(status == 404 || status == 400, uri + ": " + status);
  }

  @Test
  void answersAHeadWithoutABody() {
    HttpResponse<Buffer> head = frontend.await(frontend.client().head("/ops").send());
    assertEquals(200, head.statusCode());
    assertNull(head.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"noextension", "a.exe", "Up.css", ".css", "a b.css", "a_b.js"})
  void takesNoFileThatItCouldNotServe(String name) {
    assertThrows(IllegalArgumentException.class, () -> Asset.of(name, Buffer.buffer("x")));
  }

  /** The policy forbids it, so it would not work; and nothing may come from elsewhere. */
  @Test
  void pagesHaveNothingWrittenIntoThemAndNothingFromElsewhere() throws IOException {
    Pattern forbidden =
        Pattern.compile(
            "<style|<script(?![^>]*\\ssrc=\"/assets/)|\\son[a-z]+=|\\sstyle=|javascript:"
                + "|(src|href)=\"(https?:)?//");
    try (Stream<Path> files = Files.list(WEBROOT)) {
      List<Path> pages = files.filter(file -> file.toString().endsWith(".html")).toList();
      assertFalse(pages.isEmpty());
      for (Path page : pages) {
        Matcher found = forbidden.matcher(Files.readString(page, StandardCharsets.UTF_8));
        assertFalse(found.find(), () -> page + ": " + found.group());
      }
    }
  }

  @Test
  void pagesNameOnlyFilesThatAreThere() throws IOException {
    Pattern named = Pattern.compile("/assets/([A-Za-z0-9._-]+)");
    try (Stream<Path> files = Files.list(WEBROOT)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(html|css|js)")).toList()) {
        Matcher names = named.matcher(Files.readString(file, StandardCharsets.UTF_8));
        while (names.find()) {
          String name = names.group(1);
          assertTrue(Files.exists(WEBROOT.resolve(name)), () -> file + " names " + name);
        }
      }
    }
    assertEquals("unknown-route", slug(frontend.get("/assets/nothing.css")));
  }
}
