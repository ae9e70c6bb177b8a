package com.pygmy.launch;

/**
 * What a node does once its folder is claimed: {@link NodeProcess#run}, or a stand-in in a test.
 */
interface NodeRunner {
  int run(NodeTask task) throws Exception;
}
