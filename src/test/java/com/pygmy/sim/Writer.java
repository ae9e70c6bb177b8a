package com.pygmy.sim;

import static com.pygmy.sim.Scenario.MILLI;

import com.pygmy.domain.Command;
import java.util.List;

/** A client that writes: the same batch under the same keys until it is decided, then the next. */
final class Writer {
  private static final long PATIENCE_NANOS = 250 * MILLI;

  private final World world;
  private final Node node;
  private List<Command> batch = List.of();
  private int batches;
  private int attempt;
  private boolean hasStopped;

  Writer(World world, String name) {
    this.world = world;
    node = new Node(world, name);
  }

  void start() {
    node.later(thought(), this::next);
  }

  private long thought() {
    return world.dice.between(0, 2 * world.scenario.writeEvery);
  }

  /** No more batches after this one. */
  void stop() {
    hasStopped = true;
  }

  boolean isWaiting() {
    return !batch.isEmpty();
  }

  private void next() {
    if (!hasStopped) {
      write(Commands.batch(world, node.name + "-" + batches));
    }
  }

  void write(List<Command> next) {
    batch = next;
    batches++;
    send();
  }

  private void send() {
    int mine = ++attempt;
    int number = batches;
    Replica replica = world.supposedLeader();
    List<Command> commands = batch;
    world.network.send(
        node,
        replica.node,
        () -> {
          if (replica.leader() != null) {
            Leader leader = replica.leader();
            leader.submit(
                commands,
                reply ->
                    world.network.send(replica.node, node, () -> answered(number, mine, reply)));
          }
        });
    node.later(PATIENCE_NANOS, () -> sendAgain(mine));
  }

  private void answered(int number, int to, Leader.Reply reply) {
    if (number != batches || batch.isEmpty()) {
      return; // of a batch gone by
    } else if (reply == Leader.Reply.DONE) {
      world.tally.count(Tally.Of.BATCHES_ANSWERED);
      batch = List.of();
      node.later(thought(), this::next);
    } else {
      node.later(world.dice.between(5 * MILLI, 40 * MILLI), () -> sendAgain(to));
    }
  }

  private void sendAgain(int after) {
    if (after == attempt && !batch.isEmpty()) {
      send();
    }
  }
}
