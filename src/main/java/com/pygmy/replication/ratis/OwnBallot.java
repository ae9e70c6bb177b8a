package com.pygmy.replication.ratis;

import com.pygmy.replication.Position;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** The {@link Succession.Ballot} of a real group. */
record OwnBallot(Group group, BooleanSupplier isRemoved, Predicate<Succession.Followed> standing)
    implements Succession.Ballot {

  @Override
  public ReplicaId own() {
    return group.own();
  }

  @Override
  public Optional<Succession.Followed> followed() {
    return isRemoved.getAsBoolean() ? Optional.empty() : group.followed();
  }

  @Override
  public long silentMillis() {
    return group.roleMillis();
  }

  @Override
  public Position last() {
    return group.lastEntry();
  }

  @Override
  public Voters voters() {
    return group.voters();
  }

  @Override
  public boolean stand(Succession.Followed after) {
    return standing.test(after);
  }
}
