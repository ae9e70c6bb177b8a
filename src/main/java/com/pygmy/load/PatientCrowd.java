package com.pygmy.load;

import com.pygmy.load.Plan.Extent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Each customer comes again when the last visit is over, so a slow shop has fewer of them (a closed
 * loop). Whoever got no answer waits a little first.
 */
final class PatientCrowd implements Crowd {

  private static final long PAUSE_MILLIS = 200;

  private final Vertx vertx;
  private final List<Member> members;
  private final long perMember;
  private final Extent extent;
  private final LongSupplier nanos;
  private final long begin;
  private final Promise<Void> over = Promise.promise();
  private int left;
  private volatile boolean isStopped;

  /** A customer with a will of its own. */
  record Member(Customer customer, Choices choices) {}

  /** Each comes equally often: the visits of the extent are a multiple of the members. */
  PatientCrowd(Vertx vertx, List<Member> members, Extent extent, LongSupplier nanos) {
    this.vertx = vertx;
    this.members = List.copyOf(members);
    this.perMember = extent.visits() / members.size();
    this.extent = extent;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  @Override
  public Future<Void> work() {
    left = members.size();
    members.forEach(member -> next(member, perMember));
    return over.future();
  }

  @Override
  public void stop() {
    isStopped = true;
  }

  private void next(Member member, long visits) {
    long now = nanos.getAsLong();
    if (visits == 0 || isStopped || now - begin >= extent.nanos()) {
      left--;
      if (left == 0) {
        over.complete();
      }
      return;
    }
    member
        .customer()
        .visit(member.choices().next(), now)
        .onComplete(
            isAnswered -> {
              if (isAnswered) {
                next(member, visits - 1);
              } else {
                vertx.timer(PAUSE_MILLIS).onSuccess(fired -> next(member, visits - 1));
              }
            },
            over::tryFail);
  }
}
