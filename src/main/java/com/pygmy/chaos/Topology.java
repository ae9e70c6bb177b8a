package com.pygmy.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A running shop whose nodes can be hurt. A node whose process ends is started again soon, unless
 * it is held. Called by one thread, except for what only asks.
 */
public interface Topology {

  List<String> nodes();

  /** Where the frontends answer, by the node that they run on; in the order of {@link #nodes}. */
  Map<String, String> urls();

  /** Nodes with a catalog replica, which are the ones that can lead. */
  List<String> catalogs();

  /** The node that leads, as frontends see it; empty when none is known. */
  Optional<String> leader();

  /**
   * Kills these processes, and returns when they are gone. They are held until {@link #release}.
   */
  void kill(List<String> nodes) throws IOException;

  /** Starts what is held. */
  void release();

  /** {@code SIGSTOP}. */
  void freeze(String node) throws IOException;

  /** {@code SIGCONT}. */
  void thaw(String node) throws IOException;

  /** What the environment of a node has more than usual, from its next start on. */
  void environment(String node, Map<String, String> more);

  /** Of the process that is this node now. */
  long pid(String node) throws IOException;

  /** What it keeps. */
  Path folder(String node);

  /**
   * How far the replicas have come that are furthest, by service; and so what every other one must
   * have reached to be level.
   */
  Map<String, Long> furthest();

  /**
   * What keeps the nodes from being level, for people; nothing: every node runs, every frontend
   * answers, and sees every replica ready and at least as far as this.
   */
  List<String> unlevel(Map<String, Long> furthest);

  /** Processes that ended otherwise than by {@code kill -9}, for people; since the start. */
  List<String> endedByThemselves();

  /** Differences between the databases; may take seconds. */
  List<String> audit() throws IOException, InterruptedException;
}
