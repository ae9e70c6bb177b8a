package com.pygmy.chaos;

import com.pygmy.chaos.Windows.Gap;
import java.util.ArrayList;
import java.util.List;

/**
 * A run, when it is over.
 *
 * @param begun when the shop was warm, and {@code ended}, when clients were told to stop, by the
 *     run's clock
 * @param heldUp the longest time in nanoseconds in which this process did not run: if it is more
 *     than some tens of milliseconds, the machine had too much to do for the figures to say much
 */
public record Findings(
    Evidence evidence, Judgement judgement, long begun, long ended, long heldUp) {

  /** What one fault did, in nanoseconds. */
  public record Effect(
      Injected fault, long sinceBegin, Gap withoutBuy, Gap withoutRead, long recovery) {}

  /** Of each fault, in the order in which they came. What the next one does is not its own. */
  public List<Effect> effects() {
    List<Effect> effects = new ArrayList<>();
    List<Injected> faults = evidence.faults();
    for (int i = 0; i < faults.size(); i++) {
      boolean isLast = i + 1 == faults.size();
      effects.add(effect(faults.get(i), isLast ? ended : faults.get(i + 1).begun()));
    }
    return effects;
  }

  private Effect effect(Injected fault, long end) {
    Ledger ledger = evidence.ledger();
    return new Effect(
        fault,
        fault.begun() - begun,
        ledger.buys().longest(fault.begun(), fault.level(), end),
        ledger.reads().longest(fault.begun(), fault.level(), end),
        fault.level() - fault.over());
  }

  /** The longest time without a confirmed buy. */
  public Gap withoutBuy() {
    return evidence.ledger().buys().longest(begun, ended, ended);
  }

  /** The longest time without an answered read. */
  public Gap withoutRead() {
    return evidence.ledger().reads().longest(begun, ended, ended);
  }
}
