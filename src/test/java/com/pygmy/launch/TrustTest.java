package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.TestCertificate;
import com.pygmy.launch.DataFolder.NodeFolder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom commands believe that it is who it should be. */
class TrustTest {

  private static final Vertx VERTX = Vertx.vertx();

  @TempDir private static Path folder;
  private static TestCertificate local;
  private static TestCertificate elsewhere;
  private static String localUrl;
  private static String elsewhereUrl;
  private static String plainUrl;

  @TempDir private Path data;
  private DataFolder nodes;

  @BeforeAll
  static void serve() throws Exception {
    local = TestCertificate.local(folder);
    elsewhere = TestCertificate.make(folder, "elsewhere", "EC", "dns:shop.example");
    localUrl = "https://127.0.0.1:" + serve(secured(local));
    elsewhereUrl = "https://127.0.0.1:" + serve(secured(elsewhere));
    plainUrl = "http://127.0.0.1:" + serve(new HttpServerOptions());
  }

  private static HttpServerOptions secured(TestCertificate shown) {
    return new HttpServerOptions()
        .setSsl(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(shown.certificate().toString())
                .setKeyPath(shown.key().toString()));
  }

  private static int serve(HttpServerOptions options) throws Exception {
    HttpServer server =
        VERTX
            .createHttpServer(options.setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> request.response().end("{\"nodes\":[]}").onComplete(done -> {}))
            .listen()
            .await(10, TimeUnit.SECONDS);
    return server.actualPort();
  }

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().await(10, TimeUnit.SECONDS);
  }

  @BeforeEach
  void open() {
    nodes = new DataFolder(data);
  }

  @Test
  void aNodeIsKnownByWhatItLeftInItsFolderWhateverItIsCalled() throws Exception {
    leave("n1", local);
    assertTrue(isTrusted(Trust.in(nodes), localUrl));
    assertEquals(Optional.empty(), new ClusterProbe(Trust.in(nodes)).json(elsewhereUrl));
    leave("n2", elsewhere);
    assertTrue(isTrusted(Trust.in(nodes), localUrl));
    assertTrue(isTrusted(Trust.in(nodes), elsewhereUrl));
  }

  @Test
  void aNodeThatStartedAnewIsKnownByItsNewOne() throws Exception {
    Trust trust = Trust.in(nodes);
    leave("n1", elsewhere);
    assertTrue(!isTrusted(trust, localUrl));
    leave("n1", local);
    assertTrue(isTrusted(trust, localUrl));
  }

  @Test
  void othersHaveToProveTheNameThatWasAskedFor() {
    assertTrue(!isTrusted(Trust.in(nodes), localUrl), "Java does not know it");
    assertTrue(isTrusted(by(local), localUrl));
    assertTrue(!isTrusted(by(elsewhere), localUrl), "another authority");
    assertTrue(!isTrusted(by(elsewhere), elsewhereUrl), "another name");
  }

  @Test
  void nobodyNeedsToProveAnythingWithoutHttps() {
    assertTrue(isTrusted(Trust.in(nodes), plainUrl));
  }

  @Test
  void aSecretIsNotToldToWhoIsNotTrusted() throws Exception {
    MembersCall call = new MembersCall(List.of(localUrl), Optional.of("token"), Trust.in(nodes));
    assertEquals(0, call.remove("n1").status());
    leave("n1", local);
    assertEquals(200, call.remove("n1").status());
  }

  @Test
  void whatIsNoAddressOfAFrontendIsNoAnswer() {
    for (String url :
        List.of("nonsense", "file:/etc/passwd", "ftp://a", "https://", "https:///x")) {
      assertEquals(Optional.empty(), new ClusterProbe(Trust.in(nodes)).json(url), url);
    }
  }

  private static boolean isTrusted(Trust trust, String url) {
    return new ClusterProbe(trust).json(url).isPresent();
  }

  private Trust by(TestCertificate authority) {
    return new Trust(Optional.of(nodes), Optional.of(authority.certificate()));
  }

  /** As a node does. */
  private void leave(String name, TestCertificate shown) throws Exception {
    NodeFolder node = nodes.node(name);
    Files.createDirectories(node.path());
    Files.writeString(node.lock(), "");
    Files.write(node.certificate(), Files.readAllBytes(shown.certificate()));
  }
}
