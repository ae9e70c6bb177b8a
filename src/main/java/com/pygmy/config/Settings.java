package com.pygmy.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values of a conf by path, while it is being read, and what was found wrong so far. A value
 * that was refused is neither present nor {@link #isAbsent absent}, so that one mistake is not
 * reported twice.
 */
final class Settings {

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Set<String> refused = new HashSet<>();
  private final List<ConfError> errors = new ArrayList<>();
  private int nodeCount;

  /** Reports an error; takes the value out, if there is one. */
  void error(String path, String message) {
    errors.add(new ConfError(path, message));
    values.remove(path);
    refused.add(path);
  }

  List<ConfError> errors() {
    return errors;
  }

  void put(String path, Object value) {
    values.put(path, value);
    refused.remove(path);
  }

  int nodeCount() {
    return nodeCount;
  }

  /** Makes a place for one more node; answers its path. */
  String addNode() {
    return node(nodeCount++);
  }

  static String node(int index) {
    return "nodes[" + index + "]";
  }

  /** Takes out what its key does not accept, and puts in what was left to its default. */
  void check() {
    for (Map.Entry<String, Object> entry : List.copyOf(values.entrySet())) {
      String path = entry.getKey();
      Optional<String> complaint =
          ConfKey.at(path).orElseThrow().kind().complaint(entry.getValue());
      if (complaint.isPresent()) {
        error(path, complaint.get());
      }
    }
    for (ConfKey key : ConfKey.ALL) {
      key.fallback().ifPresent(value -> paths(key).forEach(path -> putIfAbsent(path, value)));
    }
  }

  private void putIfAbsent(String path, Object value) {
    if (isAbsent(path)) {
      values.put(path, value);
    }
  }

  private List<String> paths(ConfKey key) {
    if (!key.path().startsWith("nodes[]")) {
      return List.of(key.path());
    }
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < nodeCount; i++) {
      paths.add(key.path().replace("nodes[]", node(i)));
    }
    return paths;
  }

  /** Is the path without a value, and neither it nor an object around it was refused? */
  boolean isAbsent(String path) {
    return !values.containsKey(path)
        && refused.stream().noneMatch(part -> path.equals(part) || path.startsWith(part + "."));
  }

  /** The files that it names. */
  List<NamedFile> files() {
    List<NamedFile> files = new ArrayList<>();
    values.forEach(
        (path, value) -> {
          if (ConfKey.at(path).orElseThrow().kind() == ConfKey.FILE) {
            Optional<String> node =
                path.startsWith("nodes[")
                    ? text(path.substring(0, path.indexOf(']') + 1) + ".name")
                    : Optional.empty();
            files.add(new NamedFile(path, node, (String) value));
          }
        });
    return files;
  }

  Optional<String> text(String path) {
    return Optional.ofNullable((String) values.get(path));
  }

  /** Of a key that takes one text or a list of them; empty when it is absent. */
  List<String> texts(String path) {
    Object value = values.getOrDefault(path, List.of());
    List<?> list = value instanceof List<?> several ? several : List.of(value);
    return list.stream().map(String.class::cast).toList();
  }

  Optional<Integer> number(String path) {
    return Optional.ofNullable((Long) values.get(path)).map(Math::toIntExact);
  }

  boolean flag(String path) {
    return (Boolean) values.get(path);
  }

  /** Empty when the roles of the node were refused. */
  Set<Role> roles(int index) {
    Set<Role> roles = new HashSet<>();
    if (values.get(node(index) + ".roles") instanceof List<?> labels) {
      labels.forEach(label -> roles.add(Labels.constant(Role.class, (String) label)));
    }
    return roles;
  }
}
