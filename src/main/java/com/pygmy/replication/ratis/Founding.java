package com.pygmy.replication.ratis;

import com.pygmy.replication.StateMachine;
import com.pygmy.replication.ratis.Identity.Stage;
import com.pygmy.replication.ratis.PeerProtocol.Answer.Identified;
import com.pygmy.replication.ratis.Settings.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who founds a store, and with whom. The first replica of the conf founds it when every replica of
 * the conf answers that it is FRESH and holds no state; the others wait to be asked to join. It
 * makes up the store's foundation (a UUID) and fixes the founders: exactly the ids that answered.
 * Each founder writes them down before it can vote. Any founder that has joined hands the
 * foundation to founders that have not. A state that no log has changed yet ({@link
 * StateMachine#base}) counts as none, if all have the same: the log then begins after its position,
 * so that a replica without it can never replay the log onto nothing, but needs a copy. The cases:
 *
 * <ul>
 *   <li>The founder crashes before it wrote: nothing happened. After it wrote: it goes on.
 *   <li>The founder is wiped after some others joined: it comes back FRESH with another id, but not
 *       everybody answers FRESH any more, so it founds nothing. Those that joined hand the
 *       foundation to the rest and elect; the leader lets the wiped one in. Nothing is lost: what
 *       the old id acknowledged was committed only if one of the others had it, too.
 *   <li>The founder is wiped before anybody joined: all are FRESH, a new store is founded; the old
 *       one had no majority, so it never committed anything.
 *   <li>Ratis counts no vote of an empty log once the candidate has committed something. So until
 *       every founder has an entry, the store may need all of them that do: it is whole when each
 *       replica is ready.
 *   <li>A founder that is FRESH under its first id has never voted, so it may be given the
 *       foundation at any time. If it was wiped it has another id and is no founder.
 *   <li>Two found at once: not without the bootstrap flag, as only the first of the conf does. Of
 *       several with the flag that reach each other, the first in the conf does. If two that cannot
 *       reach each other are both given the flag, there are two stores, and their replicas refuse
 *       each other for ever: the flag is for one.
 * </ul>
 */
record Founding(Settings settings, ReplicaId own) {

  /** What is to be done now. */
  sealed interface Verdict {
    record Wait(String why) implements Verdict {}

    record Found(List<ReplicaId> founders) implements Verdict {}
  }

  /**
   * Decides by those who answered.
   *
   * @param holdsState this replica holds what a log has decided
   * @param base what it holds otherwise, see {@link StateMachine#base}
   */
  Verdict decide(Map<String, Identified> seen, boolean holdsState, String base) {
    boolean all = settings.others().stream().allMatch(replica -> seen.containsKey(replica.name()));
    boolean first = settings.replicas().get(0).name().equals(settings.name());
    if (!settings.bootstrap() && !first) {
      return new Verdict.Wait("waits to be asked to join by the first replica or a leader");
    } else if (holdsState || seen.values().stream().anyMatch(other -> !isVirgin(other))) {
      return new Verdict.Wait("founds no store: one of the replicas was initialised before");
    } else if (seen.values().stream().anyMatch(other -> !other.base().equals(base))) {
      return new Verdict.Wait(
          "founds no store: the replicas would begin from different states, here from "
              + (base.isEmpty() ? "nothing" : "the restored " + base)
              + ". Of those that are wrong, remove the node's folder and restore the same FILE there");
    } else if (!all && !settings.bootstrap()) {
      return new Verdict.Wait("founds no store: not every replica of the conf answers");
    } else if (settings.bootstrap() && earlierBootstraps(seen)) {
      return new Verdict.Wait("leaves the founding to an earlier replica that bootstraps, too");
    }
    List<ReplicaId> founders = new ArrayList<>();
    for (Replica replica : settings.replicas()) {
      if (replica.name().equals(settings.name())) {
        founders.add(own);
      } else if (seen.containsKey(replica.name())) {
        founders.add(seen.get(replica.name()).id());
      }
    }
    return new Verdict.Found(founders);
  }

  static boolean isVirgin(Identified replica) {
    return replica.stage() == Stage.FRESH && !replica.hasState();
  }

  private boolean earlierBootstraps(Map<String, Identified> seen) {
    for (Replica replica : settings.replicas()) {
      if (replica.name().equals(settings.name())) {
        return false;
      }
      Identified other = seen.get(replica.name());
      if (other != null && other.bootstraps()) {
        return true;
      }
    }
    return false;
  }
}
