package com.pygmy.config;

/** What a node may do. A node has each role at most once; any number of nodes may share a role. */
public enum Role {
  FRONTEND,
  CATALOG,
  ORDER;

  /** As in the conf file. */
  public String label() {
    return Labels.of(this);
  }
}
