package com.pygmy.frontend;

import com.pygmy.domain.Decision;
import com.pygmy.domain.Outcome;

/**
 * What a command brought about.
 *
 * @param replayed whether it had been decided before, under the same key
 */
record Granted<T extends Outcome>(T outcome, boolean replayed) {

  /**
   * Of a decision that grants what was asked for.
   *
   * @throws FailureException when it refuses
   */
  static <T extends Outcome> Granted<T> of(Decision decision, Class<T> granted) {
    if (decision instanceof Decision.KeyConflict) {
      throw new Failure.KeyConflict().exception();
    } else if (decision instanceof Decision.KeyTooOld) {
      throw new Failure.KeyTooOld().exception();
    }
    Decision.Decided decided = (Decision.Decided) decision;
    if (decided.outcome() instanceof Outcome.Refused refused) {
      throw new Failure.Refused(refused.why(), decided.replayed()).exception();
    }
    return new Granted<>(granted.cast(decided.outcome()), decided.replayed());
  }

  Reply marked(Reply reply) {
    return replayed ? reply.with(Exchange.REPLAYED, "true") : reply;
  }
}
