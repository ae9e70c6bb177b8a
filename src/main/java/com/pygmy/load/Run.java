package com.pygmy.load;

import com.pygmy.cli.Progress;
import com.pygmy.cli.ShopClient;
import com.pygmy.load.Meter.Glance;
import com.pygmy.load.PatientCrowd.Member;
import com.pygmy.load.Plan.Extent;
import com.pygmy.load.Popularity.Picker;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** Carries out a plan, once, while another thread watches. */
final class Run {

  private static final long GLANCE_MILLIS = 500;

  /** After a stop, those who are in the shop are not waited for longer than this. */
  private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Plan plan;
  private final ShopClient shop;
  private final LongSupplier nanos;
  private final Meter meter;

  /** One for all: that of Zipf has a number for each book. */
  private final Picker picker;

  private final Crowd crowd;
  private final long begun;
  private volatile boolean isStopped;

  /**
   * Nothing is sent yet, but the time runs.
   *
   * @param keys begins the keys of all purchases; nobody else's begin so
   * @param gapNanos a time without service of this length is told
   */
  Run(
      Plan plan,
      ShopClient shop,
      List<Integer> books,
      String keys,
      long gapNanos,
      LongSupplier nanos) {
    this.plan = plan;
    this.shop = shop;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    this.meter = new Meter(begun, gapNanos);
    this.picker = plan.popularity().among(books.size());
    AtomicLong bought = new AtomicLong();
    List<Customer> customers =
        IntStream.range(0, plan.clients())
            .mapToObj(
                home ->
                    new Customer(
                        shop, home, meter, nanos, () -> keys + "-" + bought.incrementAndGet()))
            .toList();
    this.crowd =
        plan.pace()
            .<Crowd>map(
                pace ->
                    new PunctualCrowd(
                        shop.vertx(),
                        customers,
                        choices(books, plan.seed()),
                        plan.extent(),
                        pace,
                        meter,
                        nanos))
            .orElseGet(() -> patient(customers, books));
  }

  private Crowd patient(List<Customer> customers, List<Integer> books) {
    SplittableRandom seeds = new SplittableRandom(plan.seed());
    List<Member> members =
        customers.stream()
            .map(customer -> new Member(customer, choices(books, seeds.nextLong())))
            .toList();
    return new PatientCrowd(shop.vertx(), members, plan.extent(), nanos);
  }

  private Choices choices(List<Integer> books, long seed) {
    return new Choices(new SplittableRandom(seed), books, picker, plan.buyProbability());
  }

  /** A bar for such a plan. */
  static Progress progress(PrintWriter err, boolean isTerminal, Extent extent) {
    long total = Math.min(extent.visits(), extent.nanos());
    return new Progress(err, isTerminal, total == Long.MAX_VALUE ? 0 : total);
  }

  /**
   * Works and waits, not on an event loop. An interrupted watcher gets what there is.
   *
   * @param label of the progress
   */
  Figures watch(Progress progress, String label) {
    CountDownLatch over = new CountDownLatch(1);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    shop.vertx()
        .runOnContext(
            started ->
                crowd.work().onFailure(failure::set).onComplete(finished -> over.countDown()));
    try {
      long glanced = nanos.getAsLong();
      long stopped = Long.MAX_VALUE;
      while (!over.await(GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = nanos.getAsLong();
        show(progress, label, now, now - glanced);
        glanced = now;
        stopped = isStopped ? Math.min(stopped, now) : stopped;
        if (isStopped && now - stopped > LEAVE_NANOS) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    progress.end();
    if (failure.get() != null) {
      throw new IllegalStateException("a customer failed", failure.get());
    }
    return meter.figures(nanos.getAsLong());
  }

  /** No more visits begin; {@link #watch} returns soon. From any thread. */
  void stop() {
    isStopped = true;
    crowd.stop();
  }

  private void show(Progress progress, String label, long now, long sinceGlance) {
    Glance glance = meter.glance();
    boolean isByVisits = plan.extent().visits() != Long.MAX_VALUE;
    progress.at(
        isByVisits ? glance.visits() : now - begun,
        String.format(
            Locale.ROOT,
            "%s%,.0f requests/s  p99 %s ms%s",
            label,
            glance.served() * 1e9 / sinceGlance,
            Millis.of(glance.p99()),
            glance.errors() == 0
                ? ""
                : String.format(Locale.ROOT, "  %,d errors", glance.errors())));
  }
}
