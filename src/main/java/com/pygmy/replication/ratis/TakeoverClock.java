package com.pygmy.replication.ratis;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Takeover;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Measures how a replica comes to lead, from what it sees of itself now and then. One thread. */
final class TakeoverClock {

  private OptionalLong heardNanos = OptionalLong.empty();
  private OptionalLong stoodNanos = OptionalLong.empty();
  private OptionalLong wonNanos = OptionalLong.empty();
  private long told;

  /**
   * Takes a look in.
   *
   * @param roleNanos how long it has been in its role; of a follower, since its leader's last word
   * @return once in each term that it leads
   */
  Optional<Takeover> look(Leadership now, long nowNanos, LongSupplier roleNanos) {
    switch (now.role()) {
      case LEADER -> {
        if (wonNanos.isEmpty()) {
          wonNanos = since(nowNanos, roleNanos);
        }
        return now.ready() && now.term() != told ? Optional.of(tell(now.term(), nowNanos)) : none();
      }
      case CANDIDATE -> {
        if (stoodNanos.isEmpty()) {
          stoodNanos = since(nowNanos, roleNanos);
        }
        wonNanos = OptionalLong.empty();
      }
      case FOLLOWER, LEARNER -> {
        heardNanos = now.leader().isPresent() ? since(nowNanos, roleNanos) : heardNanos;
        stoodNanos = OptionalLong.empty();
        wonNanos = OptionalLong.empty();
      }
    }
    return none();
  }

  private static OptionalLong since(long nowNanos, LongSupplier roleNanos) {
    return OptionalLong.of(nowNanos - roleNanos.getAsLong());
  }

  private static Optional<Takeover> none() {
    return Optional.empty();
  }

  private Takeover tell(long term, long readyNanos) {
    told = term;
    long won = wonNanos.orElse(readyNanos);
    long stood = stoodNanos.orElse(won);
    long heard = heardNanos.orElse(stood);
    return new Takeover(
        term, Math.max(0, stood - heard), Math.max(0, won - stood), Math.max(0, readyNanos - won));
  }
}
