package com.pygmy.replication.ratis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
 * </pre>
 *
 * @param foundation names the store; two stores of one cluster name have different ones
 * @param founders the first members; this replica among them if it is a founder
 * @param trusted the state is known to be a prefix of this store's log: always so at a founder; at
 *     one who joined, once the leader said so or its copy was installed
 * @param installed the index up to which the log may be missing because a copy of the state was
 *     installed, or because the log was founded upon a state; -1 if neither was
 * @param members the last configuration seen, to reach it at the addresses of the conf
 */
record Identity(
    ReplicaId id,
    Stage stage,
    Optional<UUID> foundation,
    List<ReplicaId> founders,
    boolean trusted,
    long installed,
    List<ReplicaId> members) {

  enum Stage {
    FRESH,
    PREPARED,
    JOINED
  }

  Identity {
    founders = List.copyOf(founders);
    members = List.copyOf(members);
    if ((stage == Stage.FRESH) == foundation.isPresent()) {
      throw new IllegalArgumentException(stage + " with foundation " + foundation);
    }
  }

  static Identity fresh(ReplicaId id) {
    return new Identity(id, Stage.FRESH, Optional.empty(), List.of(), false, -1, List.of());
  }

  boolean isFounder() {
    return founders.contains(id);
  }

  /**
   * About to join.
   *
   * @param state the index that the state is at: there a founder's log begins
   */
  Identity prepared(UUID store, List<ReplicaId> first, long state) {
    boolean founds = first.contains(id);
    return new Identity(
        id, Stage.PREPARED, Optional.of(store), first, founds, founds ? state : -1, List.of());
  }

  Identity joined() {
    return new Identity(id, Stage.JOINED, foundation, founders, trusted, installed, members);
  }

  Identity withInstalled(long index) {
    return new Identity(
        id, stage, foundation, founders, trusted, Math.max(installed, index), members);
  }

  Identity asTrusted() {
    return new Identity(id, stage, foundation, founders, true, installed, members);
  }

  Identity withMembers(List<ReplicaId> seen) {
    return new Identity(id, stage, foundation, founders, trusted, installed, seen);
  }

  /** Seven lines {@code key=value}, then their checksum. */
  byte[] encode() {
    String body =
        "id=%s\nstage=%s\nfoundation=%s\nfounders=%s\ntrusted=%s\ninstalled=%d\nmembers=%s\n"
            .formatted(
                id,
                stage,
                foundation.map(UUID::toString).orElse(""),
                join(founders),
                trusted,
                installed,
                join(members));
    return (body + "crc32c=" + checksum(body) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads it back.
   *
   * @throws IllegalArgumentException if the bytes are not what {@link #encode} wrote
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
    if (values.size() != 7) {
      throw new IllegalArgumentException("the identity has " + values.size() + " lines");
    }
    return new Identity(
        ReplicaId.parse(values.get(0)),
        Stage.valueOf(values.get(1)),
        values.get(2).isEmpty() ? Optional.empty() : Optional.of(UUID.fromString(values.get(2))),
        split(values.get(3)),
        Boolean.parseBoolean(values.get(4)),
        Long.parseLong(values.get(5)),
        split(values.get(6)));
  }

  private static String join(List<ReplicaId> ids) {
    return ids.stream().map(ReplicaId::toString).collect(Collectors.joining(","));
  }

  private static List<ReplicaId> split(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(ReplicaId::parse).toList();
  }

  private static String checksum(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
