package com.pygmy.launch;

import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import java.nio.file.Path;

/** What a node does once its folder is claimed: {@link Node#run}, or a stand-in in a test. */
interface NodeRunner {
  int run(Conf conf, NodeConf node, Path data, boolean bootstrap) throws Exception;
}
