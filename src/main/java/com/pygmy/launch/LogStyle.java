package com.pygmy.launch;

import com.pygmy.config.LogFormat;

/** What {@code logback.xml} reads of this process. Logback reads it once, with the first logger. */
final class LogStyle {

  private static final String FORMAT_PROPERTY = "pygmy.log.format";
  private static final String NODE_PROPERTY = "pygmy.log.node";
  private static final String LEVEL_PROPERTY = "pygmy.log.level";
  private static final String TARGET_PROPERTY = "pygmy.log.target";

  private LogStyle() {}

  /** A node logs to its standard output, and says in each line who it is. */
  static void ofNode(String node, LogFormat format) {
    System.setProperty(NODE_PROPERTY, node);
    System.setProperty(FORMAT_PROPERTY, format.label());
  }

  /** A command answers on its standard output, and complains beside it. */
  static void ofCommand() {
    System.setProperty(LEVEL_PROPERTY, "WARN");
    System.setProperty(TARGET_PROPERTY, "System.err");
  }
}
