package com.pygmy.replication.ratis;

import com.pygmy.replication.Proposal;
import com.pygmy.replication.ReadPoint;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Measures a replica from within its process. */
final class Bench {
  private Bench() {}

  static String run(RatisLog<Long> log, String what, int count) {
    try {
      return switch (what) {
        case "propose" -> latency(log, count, true);
        case "read" -> latency(log, count, false);
        case "callers" -> throughput(log, 128, count);
        case "readers" -> readers(log, 128, count);
        default -> "what";
      };
    } catch (Exception failed) {
      return "failed " + failed;
    }
  }

  private static String latency(RatisLog<Long> log, int count, boolean propose) throws Exception {
    long[] nanos = new long[count];
    long cpu = cpu();
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      if (propose) {
        propose(log, i);
      } else {
        read(log);
      }
      nanos[i] = System.nanoTime() - start;
    }
    return percentiles(nanos) + " cpu_us_each=" + (cpu() - cpu) / 1_000 / count;
  }

  private static void propose(RatisLog<Long> log, int i) throws Exception {
    Proposal<Long> outcome =
        log.propose(log.leadership().term(), TestCluster.bytes("bench " + i + "x".repeat(100)))
            .toCompletableFuture()
            .get();
    if (!(outcome instanceof Proposal.Committed<Long>)) {
      throw new IllegalStateException(String.valueOf(outcome));
    }
  }

  private static void read(RatisLog<Long> log) throws Exception {
    ReadPoint point = log.confirmRead().toCompletableFuture().get();
    if (!(point instanceof ReadPoint.Confirmed)) {
      throw new IllegalStateException(String.valueOf(point));
    }
  }

  private interface Work {
    void once(int i) throws Exception;
  }

  private static String throughput(RatisLog<Long> log, int callers, int each) throws Exception {
    long first = log.committedIndex();
    String text = many(callers, each, i -> propose(log, i));
    return text + " log_entries=" + (log.committedIndex() - first);
  }

  private static String readers(RatisLog<Long> log, int callers, int each) throws Exception {
    return many(callers, each, i -> read(log));
  }

  private static String many(int callers, int each, Work work) throws Exception {
    CountDownLatch done = new CountDownLatch(callers);
    AtomicLong failed = new AtomicLong();
    long[] nanos = new long[callers * each];
    long cpu = cpu();
    long start = System.nanoTime();
    for (int c = 0; c < callers; c++) {
      int caller = c;
      new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  long begin = System.nanoTime();
                  try {
                    work.once(i);
                  } catch (Exception f) {
                    failed.incrementAndGet();
                  }
                  nanos[caller * each + i] = System.nanoTime() - begin;
                }
                done.countDown();
              })
          .start();
    }
    done.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    int total = callers * each;
    return "per_second=%.0f failed=%d %s cpu_us_each=%.1f"
        .formatted(total / seconds, failed.get(), percentiles(nanos), (cpu() - cpu) / 1e3 / total);
  }

  private static String percentiles(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return "p50_us=%d p99_us=%d max_us=%d"
        .formatted(
            sorted[sorted.length / 2] / 1_000,
            sorted[(int) (sorted.length * 0.99)] / 1_000,
            sorted[sorted.length - 1] / 1_000);
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
