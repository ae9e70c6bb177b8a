package com.pygmy.sim;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs many seeds, and goes on where it was stopped. System properties:
 *
 * <ul>
 *   <li>{@code pygmy.sim.from}: the first seed (1)
 *   <li>{@code pygmy.sim.seeds}: how many (1,000,000)
 *   <li>{@code pygmy.sim.threads}: on how many threads (1)
 *   <li>{@code pygmy.sim.state}: a file that keeps how far it came and what was counted; of another
 *       range, or of other classes, it must not be there
 * </ul>
 *
 * Exit code 1 when a seed failed: it is explained on the standard output.
 */
public final class LongRun {
  private static final int PORTION = 500;

  private LongRun() {}

  public static void main(String[] args) throws Exception {
    long from = Long.getLong("pygmy.sim.from", 1);
    long end = from + Long.getLong("pygmy.sim.seeds", 1_000_000);
    int threads = Integer.getInteger("pygmy.sim.threads", 1);
    Path state = Path.of(System.getProperty("pygmy.sim.state", "target/sim.state"));
    Properties kept = new Properties();
    if (Files.exists(state)) {
      try (Reader in = Files.newBufferedReader(state)) {
        kept.load(in);
      }
    }
    Tally tally = Tally.of(kept);
    long next = Long.parseLong(kept.getProperty("next", String.valueOf(from)));
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 1; next < end; round++) {
        List<Future<Tally>> portions = new ArrayList<>();
        for (int i = 0; i < threads && next < end; i++) {
          long first = next;
          next = Math.min(end, first + PORTION);
          long last = next - 1;
          portions.add(pool.submit(() -> run(first, last)));
        }
        for (Future<Tally> portion : portions) {
          tally.add(portion.get());
        }
        save(state, next, tally);
        if (round % 20 == 0) {
          System.out.println("up to seed " + (next - 1));
        }
      }
      System.out.print(tally);
    } catch (ExecutionException e) {
      System.out.println(e.getCause().getMessage());
      System.exit(1);
    } finally {
      pool.shutdownNow();
    }
  }

  private static Tally run(long first, long last) {
    Tally tally = new Tally();
    for (long seed = first; seed <= last; seed++) {
      try {
        tally.add(Simulation.run(seed, Mutation.NONE));
      } catch (Violation violation) {
        throw new IllegalStateException(Simulation.explain(seed, Mutation.NONE), violation);
      }
    }
    return tally;
  }

  private static void save(Path state, long next, Tally tally) throws IOException {
    Properties kept = new Properties();
    kept.setProperty("next", String.valueOf(next));
    tally.copyTo(kept);
    Path written = state.resolveSibling(state.getFileName() + ".new");
    try (Writer out = Files.newBufferedWriter(written)) {
      kept.store(out, null);
    }
    Files.move(written, state, StandardCopyOption.ATOMIC_MOVE);
  }
}
