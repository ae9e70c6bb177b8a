package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts a supervisor that outlives this process, and tells what it says until it is ready. */
record Detached(Program program, DataFolder data, PrintWriter out, PrintWriter err) {

  private static final List<String> SUPERVISOR_FLAGS =
      List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss512k");

  /** For the start of its process, and to stop the nodes if they do not become ready. */
  private static final int MARGIN_SECONDS = 12;

  int start(List<String> arguments, int waitSeconds) throws IOException {
    Process supervisor =
        new ProcessBuilder(program.command(SUPERVISOR_FLAGS, arguments))
            .redirectError(ProcessBuilder.Redirect.appendTo(data.supervisorLog().toFile()))
            .start();
    supervisor.getOutputStream().close();
    // Whoever gives up waiting does not want it any more.
    Thread giveUp = new Thread(supervisor::destroy);
    Runtime.getRuntime().addShutdownHook(giveUp);
    CompletableFuture<Boolean> isReady = CompletableFuture.supplyAsync(() -> relay(supervisor));
    try {
      if (isReady.get((long) waitSeconds + MARGIN_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().removeShutdownHook(giveUp);
        return ExitCode.OK;
      }
      int exitCode = supervisor.waitFor();
      return exitCode == ExitCode.OK ? ExitCode.UNAVAILABLE : exitCode;
    } catch (TimeoutException e) {
      err.println("the supervisor (pid " + supervisor.pid() + ") is silent; stopping it");
      return ExitCode.UNAVAILABLE;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.UNAVAILABLE;
    }
  }

  private void tell(String line) {
    boolean isComplaint = line.startsWith(Voice.COMPLAINT);
    PrintWriter to = isComplaint ? err : out;
    to.println(isComplaint ? line.substring(Voice.COMPLAINT.length()) : line);
    to.flush();
  }

  /** Until it says that it is ready: true; or it ends: false. */
  private boolean relay(Process supervisor) {
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(supervisor.getInputStream(), StandardCharsets.UTF_8))) {
      String line = said.readLine();
      while (line != null && !line.equals(Voice.READY)) {
        tell(line);
        line = said.readLine();
      }
      return line != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
