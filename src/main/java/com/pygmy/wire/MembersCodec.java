package com.pygmy.wire;

import com.pygmy.wire.Message.MembersAnswer;
import com.pygmy.wire.Message.Voter;

/** What is said about the catalog's voters, as bytes: a part of {@link MessageCodec}. */
final class MembersCodec {

  private MembersCodec() {}

  static void write(ByteWriter out, Voter voter) {
    out.text(voter.replica()).text(voter.host()).number(voter.raftPort());
  }

  static Voter readVoter(ByteReader in) {
    return new Voter(in.text(), in.text(), in.integer());
  }

  static void write(ByteWriter out, MembersAnswer answer) {
    if (answer instanceof MembersAnswer.Changed a) {
      out.tag(1).list(a.voters(), MembersCodec::write);
    } else if (answer instanceof MembersAnswer.UnderWay a) {
      out.tag(2).list(a.voters(), MembersCodec::write);
    } else if (answer instanceof MembersAnswer.NoSuchMember) {
      out.tag(3);
    } else if (answer instanceof MembersAnswer.Refused a) {
      out.tag(4).text(a.why());
    } else if (answer instanceof MembersAnswer.NotLeader a) {
      out.tag(5).optional(a.leader(), ByteWriter::text);
    } else if (answer instanceof MembersAnswer.Unavailable a) {
      out.tag(6).text(a.why());
    } else if (answer instanceof MembersAnswer.Unknown a) {
      out.tag(7).text(a.why());
    }
  }

  static MembersAnswer readAnswer(ByteReader in) {
    int tag = in.tag();
    return switch (tag) {
      case 1 -> new MembersAnswer.Changed(in.list(MembersCodec::readVoter));
      case 2 -> new MembersAnswer.UnderWay(in.list(MembersCodec::readVoter));
      case 3 -> new MembersAnswer.NoSuchMember();
      case 4 -> new MembersAnswer.Refused(in.text());
      case 5 -> new MembersAnswer.NotLeader(in.optional(ByteReader::text));
      case 6 -> new MembersAnswer.Unavailable(in.text());
      case 7 -> new MembersAnswer.Unknown(in.text());
      default -> throw new MalformedMessage("an unknown answer about members " + tag);
    };
  }
}
