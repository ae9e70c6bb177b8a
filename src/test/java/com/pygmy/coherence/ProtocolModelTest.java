package com.pygmy.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tlc2.TLC;

/**
 * The models of the protocol in {@code docs/model}, checked exhaustively within small bounds by
 * TLC. TLC ends its JVM, so it has one of its own.
 */
@Tag("long")
final class ProtocolModelTest {

  private static final Path MODEL = Path.of("docs", "model");
  private static final long LONGEST_MINUTES = 5;

  private static final String SAFETY = "Fresh, FetchesFresh, LeaderComplete";
  private static final String HOLDS = "Model checking completed. No error has been found.";
  private static final int EXIT_HOLDS = 0;
  private static final int EXIT_VIOLATED = 12;

  @TempDir Path folder;

  /**
   * How far the model goes.
   *
   * @param leaderTicks a lease at the leader: D
   * @param frontendTicks a lease at a frontend: at most D
   */
  private record Bounds(
      int frontends,
      int views,
      int terms,
      int writes,
      int renewals,
      int reads,
      int leaderTicks,
      int frontendTicks) {

    static Bounds of(String numbers) {
      int[] n = Stream.of(numbers.split(" ")).mapToInt(Integer::parseInt).toArray();
      assertEquals(8, n.length, numbers);
      return new Bounds(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "new leaders,                1 1 2 1 1 0 1 1, ''",
    "three terms,                1 1 3 1 1 0 1 1, ''",
    "early lapses,               1 1 1 2 2 0 1 1, lapse",
    "two frontends,              2 1 1 1 2 0 2 2, ''",
    "writes to several views,    1 2 1 2 1 0 1 1, probe",
    "joined and given-up writes, 1 2 1 2 1 0 1 1, lapse cancel",
    "all faults,                 1 1 2 1 1 0 2 2, lapse cancel late restart ackold liftlost probe",
    "fetches,                    1 1 1 1 1 2 1 1, ''"
  })
  void nothingStaleIsServedWithinBounds(String name, String bounds, String options)
      throws Exception {
    assertHolds(name, check(Bounds.of(bounds), "", options, SAFETY));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a,       1 1 2 1 1 0 1 1, ''",
    "c,       1 1 1 1 1 0 1 1, ''",
    "d,       1 1 1 1 1 0 1 1, ''",
    "f,       1 1 1 1 1 0 1 1, ''",
    "g,       1 1 1 1 2 0 1 1, ''",
    "h,       1 1 2 1 1 0 1 1, ''",
    "i,       1 1 2 1 1 0 1 1, late",
    "j,       1 1 1 1 1 0 1 1, ''",
    "k,       1 1 1 1 1 0 1 1, ''",
    "hotjoin, 1 2 1 2 1 0 1 1, ''",
    "nofifo,  1 1 1 2 1 0 1 1, ''",
    "noready, 1 1 2 1 1 0 1 1, ''",
    "reborn,  1 1 1 1 1 0 1 1, restart"
  })
  void withoutThisRuleSomethingStaleIsServed(String mutation, String bounds, String options)
      throws Exception {
    assertViolated("Fresh", check(Bounds.of(bounds), mutation, options, SAFETY));
  }

  @Test
  void aReadThatJoinsAnEarlierFetchGetsSomethingStale() throws Exception {
    assertViolated("FetchesFresh", check(Bounds.of("1 1 1 1 0 2 1 1"), "l", "", SAFETY));
  }

  @Test
  void aLeaseThatLastsLongerAtTheFrontendServesSomethingStale() throws Exception {
    assertViolated("Fresh", check(Bounds.of("1 1 1 1 1 0 1 2"), "drift", "", SAFETY));
  }

  @Test
  void cachesDoServeAfterAWriteOfALaterTerm() throws Exception {
    String never = "NeverServedAfterWrite";
    assertViolated(never, check(Bounds.of("1 1 2 1 2 0 1 1"), "", "", never));
  }

  @Test
  void cachesDoServeAfterAWriteThatJoinedAnother() throws Exception {
    String never = "NeverServedAfterJoin";
    assertViolated(never, check(Bounds.of("1 2 1 2 1 0 1 1"), "", "", never));
  }

  private static void assertHolds(String name, Verdict verdict) {
    assertTrue(verdict.output.contains(HOLDS), () -> name + ":\n" + verdict.output);
    assertEquals(EXIT_HOLDS, verdict.exit, () -> name + ":\n" + verdict.output);
  }

  private static void assertViolated(String invariant, Verdict verdict) {
    String expected = "Invariant " + invariant + " is violated";
    assertTrue(verdict.output.contains(expected), () -> verdict.output);
    assertEquals(EXIT_VIOLATED, verdict.exit, () -> verdict.output);
  }

  @Test
  void aWriteChangesOnlyViewsThatItAffects() throws Exception {
    assertHolds("two writes", tlc("Topics", topics(2, "")));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"shelf, 2", "overtake, 3"})
  void withoutThisRuleAWriteChangesAViewThatIsServed(String mutation, int writes) throws Exception {
    assertViolated("Complete", tlc("Topics", topics(writes, mutation)));
  }

  private static String topics(int writes, String mutation) {
    return """
        SPECIFICATION Spec
        CHECK_DEADLOCK FALSE
        INVARIANTS Complete Suspended
        CONSTANTS
          A = A
          C = C
          None = None
          Topics = {A, C}
          Moved = {1}
          Sold = {2}
          MaxWrites = %d
          Mut = {%s}
        """
        .formatted(writes, quoted(mutation));
  }

  private record Verdict(int exit, String output) {}

  private Verdict check(Bounds bounds, String mutation, String options, String invariants)
      throws IOException, InterruptedException, URISyntaxException {
    return tlc("Coherence", configuration(bounds, mutation, options, invariants));
  }

  private Verdict tlc(String specification, String configuration)
      throws IOException, InterruptedException, URISyntaxException {
    String file = specification + ".tla";
    Files.copy(MODEL.resolve(file), folder.resolve(file));
    Files.writeString(folder.resolve(specification + ".cfg"), configuration);
    File output = folder.resolve("output").toFile();
    Process tlc =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseParallelGC",
                "-Xmx1g",
                "-cp",
                jarOf(TLC.class),
                TLC.class.getName(),
                "-workers",
                "auto",
                specification)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    try {
      boolean ended = tlc.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
      String said = Files.readString(output.toPath());
      assertTrue(ended, () -> "no verdict in " + LONGEST_MINUTES + " minutes:\n" + said);
      return new Verdict(tlc.exitValue(), said);
    } finally {
      tlc.destroyForcibly();
    }
  }

  private static String jarOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** In mutated protocols dead messages come alive again, so there no state is left out. */
  private static String configuration(
      Bounds bounds, String mutation, String options, String invariants) {
    List<String> frontends = names("f", bounds.frontends);
    List<String> views = names("v", bounds.views);
    String elements =
        Stream.concat(frontends.stream(), views.stream())
            .map(name -> "  %s = %s%n".formatted(name, name))
            .collect(Collectors.joining());
    return """
        SPECIFICATION Spec
        CHECK_DEADLOCK FALSE
        SYMMETRY Symmetry
        %s
        INVARIANTS %s
        CONSTANTS
        %s
          F = {%s}
          V = {%s}
          MaxTerm = %d
          MaxWrites = %d
          MaxRenew = %d
          MaxReads = %d
          D = %d
          FD = %d
          Mut = {%s}
          Opt = {%s}
        """
        .formatted(
            mutation.isEmpty() ? "VIEW StateView" : "",
            invariants.replace(",", ""),
            elements,
            String.join(", ", frontends),
            String.join(", ", views),
            bounds.terms,
            bounds.writes,
            bounds.renewals,
            bounds.reads,
            bounds.leaderTicks,
            bounds.frontendTicks,
            quoted(mutation),
            quoted(options));
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> prefix + i).toList();
  }

  private static String quoted(String words) {
    return Stream.of(words.split(" "))
        .filter(word -> !word.isEmpty())
        .map(word -> '"' + word + '"')
        .collect(Collectors.joining(", "));
  }
}
