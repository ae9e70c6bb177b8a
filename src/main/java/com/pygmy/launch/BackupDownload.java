package com.pygmy.launch;

import com.pygmy.wire.json.Route;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Fetches a back-up from the first frontend that gives a whole one. The JDK's plain client: one
 * answer, straight into a file. Blocks.
 */
record BackupDownload(List<String> urls, Optional<String> token, Trust trust) {

  private static final int CONNECT_MILLIS = 2_000;

  /** A frontend may take nearly as long to have a copy made. */
  private static final int READ_MILLIS = 35_000;

  private static final int MAX_PROBLEM_BYTES = 1 << 16;
  private static final int CLIENT_ERROR = 400;
  private static final int SERVER_ERROR = 500;

  /** How it ended. */
  sealed interface Ended {
    /** All of it is in the file, and synced. */
    record Complete(long length, String sha256) implements Ended {}

    /** A frontend said no. */
    record Refused(String why) implements Ended {}

    /** None gave one. */
    record Unavailable(String why) implements Ended {}
  }

  /**
   * Fetches it.
   *
   * @param file is there, and is overwritten
   * @throws IOException if the file cannot be written
   */
  Ended into(Path file) throws IOException {
    Ended last = new Ended.Unavailable("no frontend was named");
    for (String url : urls) {
      last = from(url, file);
      if (!(last instanceof Ended.Unavailable)) {
        return last;
      }
    }
    return last;
  }

  private Ended from(String url, Path file) throws IOException {
    HttpURLConnection connection = null;
    try {
      connection = trust.open(url + Route.BACKUP.path());
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setInstanceFollowRedirects(false);
      if (token.isPresent()) {
        connection.setRequestProperty("Authorization", "Bearer " + token.get());
      }
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        String why = url + " answered " + status + problem(connection);
        return status >= CLIENT_ERROR && status < SERVER_ERROR
            ? new Ended.Refused(why)
            : new Ended.Unavailable(why);
      }
      return body(url, connection, file);
    } catch (LocalFailure disk) {
      throw disk.cause;
    } catch (IOException | IllegalArgumentException noAnswer) {
      return new Ended.Unavailable(url + ": " + noAnswer.getMessage());
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }

  /** What the file could not take, told apart from what the network did not give. */
  private static final class LocalFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    final transient IOException cause;

    LocalFailure(IOException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  private static Ended body(String url, HttpURLConnection connection, Path file)
      throws IOException {
    MessageDigest sha = sha256();
    long promised = connection.getContentLengthLong();
    long length = 0;
    try (InputStream in = connection.getInputStream();
        FileOutputStream raw = open(file);
        DigestOutputStream out = new DigestOutputStream(raw, sha)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        write(out, buffer, n);
        length += n;
      }
      sync(raw);
    }
    byte[] digest = sha.digest();
    String sent = "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":";
    if (length != promised || !sent.equals(connection.getHeaderField("Repr-Digest"))) {
      return new Ended.Unavailable(
          "%s: the back-up broke off, or arrived damaged, after %d of %d bytes"
              .formatted(url, length, promised));
    }
    return new Ended.Complete(length, HexFormat.of().formatHex(digest));
  }

  private static FileOutputStream open(Path file) {
    try {
      return new FileOutputStream(file.toFile());
    } catch (IOException e) {
      throw new LocalFailure(e);
    }
  }

  private static void write(DigestOutputStream out, byte[] bytes, int length) {
    try {
      out.write(bytes, 0, length);
    } catch (IOException e) {
      throw new LocalFailure(e);
    }
  }

  private static void sync(FileOutputStream out) {
    try {
      out.getFD().sync();
    } catch (IOException e) {
      throw new LocalFailure(e);
    }
  }

  private static String problem(HttpURLConnection connection) throws IOException {
    try (InputStream body = connection.getErrorStream()) {
      if (body == null) {
        return "";
      }
      JsonObject problem =
          new JsonObject(new String(body.readNBytes(MAX_PROBLEM_BYTES), StandardCharsets.UTF_8));
      return ": " + problem.getString("title", "") + ". " + problem.getString("detail", "");
    } catch (DecodeException noProblem) {
      return "";
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
