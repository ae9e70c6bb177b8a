package com.pygmy.replication;

/**
 * A replica that has a vote, or is to get one, and where the others reach its log.
 *
 * @param name of the replica; a member is known by it
 * @param host as the others dial it
 */
public record Member(String name, String host, int port) {

  /** Of a group, at most. */
  public static final int MAX_MEMBERS = 9;

  public Member {
    if (!name.matches("[A-Za-z0-9._-]{1,40}")) {
      throw new IllegalArgumentException("replica name '" + name + "'");
    }
    if (host.isEmpty() || host.length() > 255) {
      throw new IllegalArgumentException("host '" + host + "' of replica " + name);
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " of replica " + name);
    }
  }

  /** {@code host:port}. */
  public String address() {
    return host + ":" + port;
  }
}
