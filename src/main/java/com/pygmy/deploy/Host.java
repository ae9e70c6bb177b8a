package com.pygmy.deploy;

/**
 * Where a node is: on which machine, and where on it. Nothing in it means anything to a shell.
 *
 * @param destination as ssh takes it
 * @param directory from the home of who logs in there, or from the root
 */
public record Host(String node, String destination, String directory) {

  @Override
  public String toString() {
    return node + " (" + destination + ")";
  }
}
