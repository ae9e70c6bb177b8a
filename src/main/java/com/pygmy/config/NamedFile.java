package com.pygmy.config;

import java.util.Optional;

/**
 * A file that a conf names.
 *
 * @param key where it is named
 * @param node whose it is; absent: all nodes'
 * @param name as it stands there: relative to the conf, or absolute
 */
public record NamedFile(String key, Optional<String> node, String name) {}
