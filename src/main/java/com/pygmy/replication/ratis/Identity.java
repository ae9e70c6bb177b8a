package com.pygmy.replication.ratis;

import com.pygmy.replication.StateMachine;
import com.pygmy.replication.ratis.Settings.Replica;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * Who this replica is in Raft, as kept in its folder. Stages, each written and synced before what
 * it permits is done:
 *
 * <pre>
 * FRESH     no group known; has never voted, never acknowledged anything
 *   | founds a store, or is asked to join one
 * PREPARED  the group is known, its storage may be half made; still has never voted
 *   | the storage is made
 * JOINED    may vote as soon as the configuration has it. If the storage is missing now, it was lost
 *   | the group removes it
 * REMOVED   never votes again under this id; the next start is FRESH under another one
 * </pre>
 *
 * @param foundation names the store; two stores of one cluster name have different ones
 * @param founders the first members; this replica among them if it is a founder
 * @param trusted the state is known to be a prefix of this store's log: always so at a founder; at
 *     one who joined, once the leader said so or its copy was installed
 * @param installed the index up to which the log may be missing because a copy of the state was
 *     installed, or because the log was founded upon a state; -1 if neither was
 * @param base what the founders began from, see {@link StateMachine#base}; empty: from nothing
 * @param members the last configuration seen; of both, while one replaces the other
 * @param addresses where the members of that configuration are reached, as it says; a conf that
 *     names a member knows better
 * @param voted it was a founder, or among the members of a configuration seen: for ever, under this
 *     id
 */
record Identity(
    ReplicaId id,
    Stage stage,
    Optional<UUID> foundation,
    List<ReplicaId> founders,
    boolean trusted,
    long installed,
    String base,
    List<ReplicaId> members,
    List<Replica> addresses,
    boolean voted) {

  private static final char AT = '@';
  private static final int LINES = 10;
  private static final int LEAST_LINES = 7;

  /** Sound, and written by a newer version: not to be taken for damaged. */
  static final class Newer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Newer(int lines) {
      super(
          "the identity has %d lines, this program knows %d: start the version that wrote it"
              .formatted(lines, LINES));
    }
  }

  enum Stage {
    FRESH,
    PREPARED,
    JOINED,
    REMOVED
  }

  Identity {
    founders = List.copyOf(founders);
    members = List.copyOf(members);
    addresses = List.copyOf(addresses);
    if ((stage == Stage.FRESH) == foundation.isPresent()) {
      throw new IllegalArgumentException(stage + " with foundation " + foundation);
    }
  }

  static Identity fresh(ReplicaId id) {
    return new Identity(
        id, Stage.FRESH, Optional.empty(), List.of(), false, -1, "", List.of(), List.of(), false);
  }

  boolean isFounder() {
    return founders.contains(id);
  }

  /**
   * About to join.
   *
   * @param from what the founders began from; empty: from nothing
   * @param state the index that the state is at: there a founder's log begins
   */
  Identity prepared(UUID store, List<ReplicaId> first, String from, long state) {
    boolean founds = first.contains(id);
    return new Identity(
        id,
        Stage.PREPARED,
        Optional.of(store),
        first,
        founds,
        founds ? state : -1,
        from,
        List.of(),
        List.of(),
        founds);
  }

  Identity joined() {
    return with(Stage.JOINED, trusted, installed, members, addresses);
  }

  Identity removed() {
    return with(Stage.REMOVED, trusted, installed, members, addresses);
  }

  Identity withInstalled(long index) {
    return with(stage, trusted, Math.max(installed, index), members, addresses);
  }

  Identity asTrusted() {
    return with(stage, true, installed, members, addresses);
  }

  Identity withMembers(List<ReplicaId> seen, List<Replica> at) {
    return with(stage, trusted, installed, seen, at);
  }

  private Identity with(
      Stage newStage,
      boolean newTrusted,
      long newInstalled,
      List<ReplicaId> newMembers,
      List<Replica> newAddresses) {
    return new Identity(
        id,
        newStage,
        foundation,
        founders,
        newTrusted,
        newInstalled,
        base,
        newMembers,
        newAddresses,
        voted || newMembers.contains(id));
  }

  /**
   * Ten lines {@code key=value}, then their checksum. The eighth, the addresses, the ninth, the
   * base, and the tenth, whether it voted, are missing in what earlier versions wrote.
   */
  byte[] encode() {
    String body =
        "id=%s\nstage=%s\nfoundation=%s\nfounders=%s\ntrusted=%s\ninstalled=%d\nmembers=%s\n"
            .concat("addresses=%s\nbase=%s\nvoted=%s\n")
            .formatted(
                id,
                stage,
                foundation.map(UUID::toString).orElse(""),
                join(founders),
                trusted,
                installed,
                join(members),
                addresses.stream()
                    .map(replica -> replica.name() + AT + replica.address())
                    .collect(Collectors.joining(",")),
                base,
                voted);
    return (body + "crc32c=" + checksum(body) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads it back.
   *
   * @throws IllegalArgumentException if the bytes are not what {@link #encode} wrote
   * @throws Newer if they are what a newer version wrote
   */
  static Identity decode(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.lastIndexOf("crc32c=");
    if (end < 0
        || !text.substring(end).equals("crc32c=" + checksum(text.substring(0, end)) + "\n")) {
      throw new IllegalArgumentException("the identity's checksum is wrong");
    }
    List<String> values =
        text.substring(0, end).lines().map(l -> l.substring(l.indexOf('=') + 1)).toList();
    if (values.size() > LINES) {
      throw new Newer(values.size());
    } else if (values.size() < LEAST_LINES) {
      throw new IllegalArgumentException("the identity has " + values.size() + " lines");
    }
    ReplicaId id = ReplicaId.parse(values.get(0));
    List<ReplicaId> founders = split(values.get(3), ReplicaId::parse);
    List<ReplicaId> members = split(values.get(6), ReplicaId::parse);
    return new Identity(
        id,
        Stage.valueOf(values.get(1)),
        values.get(2).isEmpty() ? Optional.empty() : Optional.of(UUID.fromString(values.get(2))),
        founders,
        Boolean.parseBoolean(values.get(4)),
        Long.parseLong(values.get(5)),
        values.size() < 9 ? "" : values.get(8),
        members,
        values.size() == LEAST_LINES ? List.of() : split(values.get(7), Identity::addressed),
        values.size() < LINES
            ? members.contains(id) || founders.contains(id)
            : Boolean.parseBoolean(values.get(9)));
  }

  private static Replica addressed(String text) {
    int at = text.indexOf(AT);
    return Replica.at(text.substring(0, Math.max(at, 0)), text.substring(at + 1));
  }

  private static String join(List<ReplicaId> ids) {
    return ids.stream().map(ReplicaId::toString).collect(Collectors.joining(","));
  }

  private static <T> List<T> split(String text, Function<String, T> reader) {
    return text.isEmpty() ? List.of() : Arrays.stream(text.split(",", -1)).map(reader).toList();
  }

  private static String checksum(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
