package com.pygmy.config;

/** How the nodes write their logs. */
public enum LogFormat {
  /** Lines for people. */
  TEXT,
  /** One JSON object a line. */
  JSON;

  /** As in the conf file. */
  public String label() {
    return Labels.of(this);
  }
}
