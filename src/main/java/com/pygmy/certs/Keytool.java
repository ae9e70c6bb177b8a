package com.pygmy.certs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The JDK's keytool, as a process: Java signs certificates nowhere else in public.
 *
 * @param store of keys, which it works on
 */
record Keytool(Path store, String password) {

  private static final long PATIENCE_SECONDS = 60;

  /** Arguments are seen by whoever lists the processes. */
  private static final String PASSWORD_VARIABLE = "PYGMY_KEYTOOL_PASSWORD";

  /**
   * Makes a key pair under a certificate, on the curve P-256.
   *
   * @param more what is said of the certificate
   * @throws IOException with what keytool said
   */
  void makePair(String alias, String name, int days, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", alias));
    arguments.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name));
    // Valid at once also where the clock is behind.
    arguments.addAll(List.of("-startdate", "-1d", "-validity", Integer.toString(days)));
    arguments.addAll(List.of(more));
    run(arguments);
  }

  private void run(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(arguments);
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass:env", PASSWORD_VARIABLE));
    Path said = store.resolveSibling("keytool.out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put(PASSWORD_VARIABLE, password);
    Process process = builder.start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("keytool took longer than " + PATIENCE_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("keytool was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new IOException(Files.readString(said).strip());
    }
  }
}
