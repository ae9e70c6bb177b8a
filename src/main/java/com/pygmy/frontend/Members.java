package com.pygmy.frontend;

import com.pygmy.wire.Message;
import com.pygmy.wire.Message.MembersAnswer;
import com.pygmy.wire.json.ClusterJson;
import com.pygmy.wire.json.RequestJson;
import io.vertx.core.Future;

/** Catalog replicas come and go, at the administrator's word. */
final class Members {

  private final MembersClient members;

  Members(MembersClient members) {
    this.members = members;
  }

  /** {@code POST /cluster/replicas} */
  Future<Reply> add(Exchange exchange) {
    exchange.requireAdministrator();
    return exchange
        .body(RequestJson::voter)
        .compose(voter -> members.ask(new Message.AddMember(voter), exchange.requestId()))
        .map(answer -> reply(answer, ""));
  }

  /** {@code DELETE /cluster/replicas/{name}} */
  Future<Reply> remove(Exchange exchange) {
    exchange.requireAdministrator();
    String name = exchange.path("name");
    return members
        .ask(new Message.RemoveMember(name), exchange.requestId())
        .map(answer -> reply(answer, name));
  }

  private static Reply reply(MembersAnswer answer, String name) {
    if (answer instanceof MembersAnswer.Changed changed) {
      return Reply.json(200, ClusterJson.voters(changed.voters(), false));
    } else if (answer instanceof MembersAnswer.UnderWay underWay) {
      return Reply.json(202, ClusterJson.voters(underWay.voters(), true));
    } else if (answer instanceof MembersAnswer.NoSuchMember) {
      throw new Failure.UnknownReplica(name).exception();
    } else if (answer instanceof MembersAnswer.Refused refused) {
      throw new Failure.MembersRefused(refused.why()).exception();
    } else if (answer instanceof MembersAnswer.Unknown unknown) {
      throw new Failure.MembersUnknown(unknown.why()).exception();
    } else if (answer instanceof MembersAnswer.Unavailable unavailable) {
      throw new Failure.Unavailable(unavailable.why()).exception();
    }
    throw new Failure.Unavailable("no catalog replica leads").exception();
  }
}
