package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.Message;
import com.pygmy.wire.Message.BackupOpened;
import com.pygmy.wire.Message.BackupRead;
import com.pygmy.wire.Message.CloseBackup;
import com.pygmy.wire.Message.OpenBackup;
import com.pygmy.wire.Message.ReadBackup;
import com.pygmy.wire.Message.Service;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackupReadsTest {

  /** Two parts and a bit. */
  private static final byte[] CONTENT = new byte[2 * Message.MAX_BACKUP_CHUNK + 77];

  static {
    new Random(1).nextBytes(CONTENT);
  }

  private FrontendFixture frontend;
  private volatile int partBytes = Integer.MAX_VALUE;
  private volatile long vanishesAt = Long.MAX_VALUE;

  @BeforeEach
  void start() {
    frontend = new FrontendFixture();
    frontend.start(FrontendFixture.settings());
  }

  @AfterEach
  void stop() {
    frontend.close();
  }

  private void replica(String name) {
    frontend.await(frontend.store.replica(Service.CATALOG, name, this::answer));
  }

  private Future<Message> answer(Message request) {
    if (request instanceof OpenBackup) {
      return Future.succeededFuture(new BackupOpened("b", CONTENT.length, sha256()));
    } else if (request instanceof ReadBackup read && read.offset() < vanishesAt) {
      int from = (int) read.offset();
      int to = from + Math.min(read.length(), partBytes);
      return Future.succeededFuture(
          new BackupRead(Buffer.buffer(Arrays.copyOfRange(CONTENT, from, to))));
    } else if (request instanceof CloseBackup) {
      return Future.succeededFuture(new BackupRead(Buffer.buffer()));
    }
    return Future.succeededFuture(new Message.Unavailable("it is gone"));
  }

  private static String sha256() {
    return HexFormat.of().formatHex(digest());
  }

  private static byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(CONTENT);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void untilClosed() {
    frontend.until(
        () -> frontend.store.seen.stream().anyMatch(s -> s.getValue() instanceof CloseBackup));
  }

  @Test
  void sendsAllOfItInPartsAndClosesIt() {
    replica("n1");
    HttpResponse<Buffer> backup = frontend.getAsAdmin("/backup");
    assertEquals(200, backup.statusCode());
    assertArrayEquals(CONTENT, backup.body().getBytes());
    assertEquals(Integer.toString(CONTENT.length), backup.getHeader("Content-Length"));
    assertEquals(
        "sha-256=:" + Base64.getEncoder().encodeToString(digest()) + ":",
        backup.getHeader("Repr-Digest"));
    untilClosed();
  }

  @Test
  void sendsManyPartsWithoutNestingThem() {
    partBytes = CONTENT.length / 5_000;
    replica("n1");
    assertArrayEquals(CONTENT, frontend.getAsAdmin("/backup").body().getBytes());
    assertTrue(frontend.store.seen.size() > 5_000);
    untilClosed();
  }

  @Test
  void isForTheAdministratorOnly() {
    replica("n1");
    assertEquals("unauthorized", slug(frontend.get("/backup")));
    assertTrue(frontend.store.seen.isEmpty());
  }

  @Test
  void asksTheLeaderLastAndAnotherWhenOneGivesNone() {
    replica("n1"); // which leads
    frontend.await(
        frontend.store.replica(
            Service.CATALOG,
            "n2",
            request -> Future.succeededFuture(new Message.Unavailable("no room"))));
    assertEquals(200, frontend.getAsAdmin("/backup").statusCode());
    assertEquals("n2", frontend.store.seen.get(0).getKey());
    Map.Entry<String, Message> second = frontend.store.seen.get(1);
    assertEquals("n1", second.getKey());
    assertInstanceOf(OpenBackup.class, second.getValue());
  }

  @Test
  void saysWhyNobodyGivesOne() {
    assertEquals("unavailable", slug(frontend.getAsAdmin("/backup")));
    frontend.await(
        frontend.store.replica(
            Service.CATALOG,
            "n1",
            request -> Future.succeededFuture(new Message.Unavailable("no room"))));
    HttpResponse<Buffer> refused = frontend.getAsAdmin("/backup");
    assertEquals(503, refused.statusCode());
    assertTrue(FrontendFixture.json(refused).getString("detail").contains("no room"));
  }

  @Test
  void anAnswerThatBreaksOffDoesNotPassForWhole() {
    replica("n1");
    vanishesAt = Message.MAX_BACKUP_CHUNK;
    Future<HttpResponse<Buffer>> backup =
        frontend.client().get("/backup").bearerTokenAuthentication(FrontendFixture.TOKEN).send();
    frontend.until(backup::isComplete);
    assertTrue(backup.failed(), "it ended as if it were whole");
    untilClosed();
  }

  @Test
  void aHeadIsToldTheLengthAndTheCopyIsClosed() {
    replica("n1");
    HttpResponse<Buffer> head =
        frontend.await(
            frontend
                .client()
                .request(HttpMethod.HEAD, "/backup")
                .bearerTokenAuthentication(FrontendFixture.TOKEN)
                .send());
    assertEquals(200, head.statusCode());
    assertEquals(Integer.toString(CONTENT.length), head.getHeader("Content-Length"));
    untilClosed();
  }
}
