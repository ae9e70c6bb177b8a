package com.pygmy.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What must hold between the keys of a conf; silent about values that were refused before. */
final class Rules {

  /** Other numbers of voters cost a replica without surviving one more failure. */
  static final Set<Integer> CATALOG_COUNTS = Set.of(1, 3, 5, 7);

  /** Addresses to listen on that lead nobody here. */
  private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

  private final Settings settings;

  /** Who took a name or an address first. */
  private final Map<String, String> taken = new HashMap<>();

  private Rules(Settings settings) {
    this.settings = settings;
  }

  static void check(Settings settings) {
    Rules rules = new Rules(settings);
    rules.nodes();
    rules.roles();
    rules.elections();
    rules.restock();
  }

  private void nodes() {
    if (settings.nodeCount() == 0) {
      require("nodes", "must hold at least one node");
      return;
    }
    if (settings.nodeCount() > ConfKey.MAX_NODES) {
      settings.error("nodes", "at most " + ConfKey.MAX_NODES + ", not " + settings.nodeCount());
      return;
    }
    for (int i = 0; i < settings.nodeCount(); i++) {
      String node = Settings.node(i);
      if (settings.isAbsent(node)) {
        node(node, settings.roles(i));
      }
    }
  }

  private void node(String node, Set<Role> roles) {
    require(node + ".name", "is missing");
    require(node + ".host", "is missing");
    require(node + ".roles", "is missing");
    if (roles.contains(Role.FRONTEND)) {
      require(node + ".http.port", "is missing: a frontend needs it");
    }
    if (roles.contains(Role.CATALOG)) {
      require(node + ".raft.port", "is missing: a catalog needs it");
    }
    if (settings.nodeCount() > 1) {
      require(node + ".hazelcast.port", "is missing: every one of several nodes needs it");
    }
    settings.text(node + ".name").ifPresent(name -> unique(node + ".name", name));
    settings.text(node + ".host").ifPresent(host -> addresses(node, host));
  }

  private void addresses(String node, String host) {
    if (WILDCARDS.contains(host) && settings.nodeCount() > 1) {
      settings.error(node + ".host", "must be an address by which the other nodes reach it");
    }
    String canonical = host.equalsIgnoreCase("localhost") ? "127.0.0.1" : host;
    for (String service : List.of("http", "raft", "hazelcast", "eventBus", "management")) {
      String path = node + "." + service + ".port";
      settings
          .number(path)
          .filter(port -> port != 0)
          .ifPresent(port -> unique(path, canonical.toLowerCase(Locale.ROOT) + ":" + port));
    }
  }

  private void unique(String path, String value) {
    String first = taken.putIfAbsent(value, path);
    if (first != null) {
      settings.error(path, value + " is already taken by " + first);
    }
  }

  private void require(String path, String message) {
    if (settings.isAbsent(path)) {
      settings.error(path, message);
    }
  }

  private void roles() {
    Map<Role, Integer> counts = new HashMap<>();
    boolean allKnown = settings.isAbsent("nodes");
    for (int i = 0; i < settings.nodeCount(); i++) {
      Set<Role> roles = settings.roles(i);
      roles.forEach(role -> counts.merge(role, 1, Integer::sum));
      allKnown &= !roles.isEmpty();
    }
    if (!allKnown) {
      return; // What was refused may be the missing one.
    }
    for (Role role : Role.values()) {
      if (!counts.containsKey(role)) {
        settings.error("nodes", "no node has the role " + role.label());
      }
    }
    int catalogs = counts.getOrDefault(Role.CATALOG, 1);
    if (!CATALOG_COUNTS.contains(catalogs)) {
      settings.error("nodes", "the number of catalogs must be 1, 3, 5 or 7, not " + catalogs);
    }
  }

  private void elections() {
    int min = settings.number("raft.electionTimeoutMinMillis").orElse(0);
    int max = settings.number("raft.electionTimeoutMaxMillis").orElse(Integer.MAX_VALUE);
    if (max <= min) {
      settings.error(
          "raft.electionTimeoutMaxMillis",
          "must be above raft.electionTimeoutMinMillis (" + min + "), not " + max);
    }
  }

  private void restock() {
    int threshold = settings.number("restock.threshold").orElse(0);
    int level = settings.number("restock.level").orElse(Integer.MAX_VALUE);
    if (level <= threshold) {
      settings.error(
          "restock.level", "must be above restock.threshold (" + threshold + "), not " + level);
    }
  }
}
