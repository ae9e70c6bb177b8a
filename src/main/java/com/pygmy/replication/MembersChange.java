package com.pygmy.replication;

import java.util.List;
import java.util.Optional;

/**
 * What became of a change of the members. Whoever asks again for the same changes nothing twice.
 */
public sealed interface MembersChange {

  /** It is so, and committed. */
  record Done(List<Member> members) implements MembersChange {}

  /** It is under way: the newcomer catches up, or the log decides. */
  record UnderWay(List<Member> members) implements MembersChange {}

  /** There is no such member to be removed. */
  record NoSuchMember() implements MembersChange {}

  /** It would not be right. Nothing was changed. */
  record Refused(String why) implements MembersChange {}

  /** Only the leader changes members. Nothing was changed. */
  record NotLeader(Optional<String> leader) implements MembersChange {}

  /** Not now. Nothing was changed. */
  record Unavailable(String why) implements MembersChange {}

  /** It may or may not come to be. */
  record Unknown(String why) implements MembersChange {}
}
