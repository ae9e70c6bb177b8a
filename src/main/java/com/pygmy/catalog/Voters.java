package com.pygmy.catalog;

import com.pygmy.replication.Member;
import com.pygmy.replication.MembersChange;
import com.pygmy.replication.ReplicatedLog;
import com.pygmy.wire.Message.MembersAnswer;
import com.pygmy.wire.Message.Voter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;

/** Has the log change who votes in it, for those who ask over the bus. */
record Voters(ReplicatedLog<?> log) {

  /** Never fails; on {@code context}. */
  Future<MembersAnswer> add(Voter newcomer, Context context) {
    Member member;
    try {
      member = new Member(newcomer.replica(), newcomer.host(), newcomer.raftPort());
    } catch (IllegalArgumentException e) {
      return Future.succeededFuture(new MembersAnswer.Refused(e.getMessage()));
    }
    return Future.fromCompletionStage(log.addMember(member), context).map(Voters::answer);
  }

  /** Never fails; on {@code context}. */
  Future<MembersAnswer> remove(String replica, Context context) {
    return Future.fromCompletionStage(log.removeMember(replica), context).map(Voters::answer);
  }

  private static MembersAnswer answer(MembersChange change) {
    if (change instanceof MembersChange.Done done) {
      return new MembersAnswer.Changed(voters(done.members()));
    } else if (change instanceof MembersChange.UnderWay underWay) {
      return new MembersAnswer.UnderWay(voters(underWay.members()));
    } else if (change instanceof MembersChange.NoSuchMember) {
      return new MembersAnswer.NoSuchMember();
    } else if (change instanceof MembersChange.Refused refused) {
      return new MembersAnswer.Refused(refused.why());
    } else if (change instanceof MembersChange.NotLeader notLeader) {
      return new MembersAnswer.NotLeader(notLeader.leader());
    } else if (change instanceof MembersChange.Unavailable unavailable) {
      return new MembersAnswer.Unavailable(unavailable.why());
    }
    return new MembersAnswer.Unknown(((MembersChange.Unknown) change).why());
  }

  private static List<Voter> voters(List<Member> members) {
    return members.stream().map(m -> new Voter(m.name(), m.host(), m.port())).toList();
  }
}
