package com.pygmy.sim;

/** What a lying shell around the real classes does wrong, on purpose: the simulator must see it. */
public enum Mutation {
  NONE("nothing is broken"),

  NO_WAIT_OF_NEW_LEADER("a new leader does not wait for its predecessors' leases to end"),
  LEASE_FROM_REPLY("a frontend reckons its lease from the reply"),
  LEASE_FROM_LAST_REQUEST("a frontend reckons its lease from the last request it sent"),
  LEADERSHIP_NOT_CONFIRMED("a lease is granted without a confirm round"),
  CONFIRMED_BY_SUCCESSOR("a deposed leader's confirm round is answered by its successor"),
  JOINS_EARLIER_ROUND("a renewal joins a confirm round that began before it"),
  GRANTS_BEFORE_READY("a lease is granted before an entry of the leader's term was applied"),
  ADMITS_BEFORE_READY("a write is admitted before an entry of the leader's term was applied"),
  ACKS_NOT_AWAITED("a write is proposed before the holders acknowledged"),
  ACK_NAMES_NO_SUSPEND("an ack counts for the last suspend sent, whichever it answers"),
  WRITE_TO_SUSPENDED_AT_ONCE("a write to suspended views does not wait for what they wait for"),
  RENEWED_HOLDER_FORGOTTEN("a holder that renewed is forgotten when its earlier lease ends"),
  PROPOSED_OUT_OF_ORDER("writes are proposed in another order than they were admitted in"),
  MOVES_OVERLOOKED("topics to which writes in flight may move a book are overlooked"),
  NO_FENCING("an entry counts though it was admitted in an earlier term"),
  NO_FLOOR_ON_RESUME("a resume raises no floor"),
  RESUME_BEFORE_APPLY("views are lifted when the write is proposed"),
  LIFT_AFTER_UNKNOWN("views are lifted though nobody can tell what became of the write"),
  GRANT_WITHOUT_SUSPENDED("a grant does not say what is suspended"),
  GRANT_OF_EARLIER_INDEX("a grant has the applied index of before its confirm round"),
  GRANT_OF_EARLIER_SUSPENDED("a grant has the suspended views of before its confirm round"),
  LAPSED_LEASE_GOES_ON("a lease that ran out goes on with its old floors"),
  SUSPEND_FORGOTTEN_WITHOUT_LEASE("a suspend heard without a lease is acknowledged and forgotten"),
  OLD_GRANT_TAKEN("a grant older than a message of its term is taken"),
  GRANT_OF_OLD_TERM_TAKEN("a grant of an older term is taken"),
  OLD_RESUME_OBEYED("a resume older than a message of its term is obeyed"),
  RESUME_OF_OLD_TERM_OBEYED("a resume of an older term is obeyed"),
  CLOCK_DRIFTS("the frontends' clocks are slower than allowed"),
  NAME_REUSED("a frontend comes back under its old name"),
  NO_STAMP_RULE("a copy is served whatever its stamp"),
  STAMP_TAKEN_LATE("a replica takes the stamp after the value"),
  JOINS_EARLIER_FETCH("a read joins a fetch that began before it arrived"),
  READ_POINT_IS_APPLIED("a read point is the leader's applied index, not its committed one"),

  SETTLE_FORGOTTEN("a write that came to an end is now and then not settled");

  private final String broken;

  Mutation(String broken) {
    this.broken = broken;
  }

  /** What is broken. */
  public String broken() {
    return broken;
  }
}
