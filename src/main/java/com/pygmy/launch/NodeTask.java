package com.pygmy.launch;

import com.pygmy.config.Conf;
import com.pygmy.config.NodeConf;
import java.nio.file.Path;

/**
 * What a process is to do as a node.
 *
 * @param data holds one folder per node, named after it
 * @param bootstrap found a new store even if other catalog replicas do not answer
 * @param joined called once, when the node is a member of its cluster; an exception ends the start
 */
public record NodeTask(Conf conf, NodeConf node, Path data, boolean bootstrap, Runnable joined) {}
