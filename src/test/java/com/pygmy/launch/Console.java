package com.pygmy.launch;

import com.pygmy.cli.Environment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;

/** Runs a command of the program in this process, with stand-ins for nodes. */
final class Console {

  /** What a command printed, and how it ended. */
  record Result(int exitCode, String out, String err) {
    @Override
    public String toString() {
      return "exit code " + exitCode + "\n" + out + "\n" + err;
    }
  }

  static Result run(String... args) {
    return run(Map.of(), task -> 0, args);
  }

  static Result run(Map<String, String> more, NodeRunner runner, String... args) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("PYGMY_"));
    environment.putAll(more);
    CommandLine commandLine =
        Main.commandLine(
            new Surroundings(
                Program.ofThisProcess(StandIn.class),
                runner,
                new Environment(environment),
                System::nanoTime,
                new SecureRandom()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(Main.withTwoDashes(args));
    return new Result(exitCode, out.toString(), err.toString());
  }

  private Console() {}
}
