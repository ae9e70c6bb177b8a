package com.pygmy.load;

import java.util.Optional;

/**
 * What is done to a shop.
 *
 * @param clients customers; each sends one request at a time, unless there is a pace
 * @param buyProbability that a customer who has looked up a book in stock buys it
 * @param pace none: each customer comes again as soon as the last visit is over
 */
record Plan(
    int clients,
    double buyProbability,
    Popularity popularity,
    long seed,
    Extent extent,
    Optional<Pace> pace) {

  /**
   * When it is over: whatever comes first.
   *
   * @param visits of all customers together
   * @param nanos during which visits begin
   */
  record Extent(long visits, long nanos) {

    static final Extent FOREVER = new Extent(Long.MAX_VALUE, Long.MAX_VALUE);

    static Extent visits(long visits) {
      return new Extent(visits, Long.MAX_VALUE);
    }

    static Extent nanos(long nanos) {
      return new Extent(Long.MAX_VALUE, nanos);
    }
  }

  /**
   * Visits begin by the clock, however the shop does.
   *
   * @param perSecond visits
   * @param maxOutstanding a visit that is due while so many are under way does not take place
   */
  record Pace(double perSecond, int maxOutstanding) {

    long dueNanos(long visit) {
      return (long) (visit * (1e9 / perSecond));
    }
  }

  /** Connections to each frontend that keep nobody waiting for one. */
  int connections() {
    return pace.map(Pace::maxOutstanding).orElse(clients);
  }
}
