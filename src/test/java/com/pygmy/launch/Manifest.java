package com.pygmy.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** One object of Kubernetes, or a part of one, by the paths of its fields. */
record Manifest(Map<String, Object> fields) {

  static final Path FOLDER = Path.of("launcher", "k8s");

  /** All documents of a text; a key that is there twice is an error. */
  static List<Manifest> read(String text) {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<Manifest> all = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(strict)).loadAll(text)) {
      all.add(of(document));
    }
    return all;
  }

  static Manifest kustomization() throws IOException {
    return read(Files.readString(FOLDER.resolve("kustomization.yaml"))).get(0);
  }

  /** What the kustomization names, as it lies there. */
  static List<Manifest> resources() throws IOException {
    List<Manifest> all = new ArrayList<>();
    for (Object file : kustomization().list("resources")) {
      all.addAll(read(Files.readString(FOLDER.resolve((String) file))));
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  private static Manifest of(Object value) {
    return new Manifest((Map<String, Object>) value);
  }

  String kind() {
    return text("kind");
  }

  String name() {
    return has("metadata") ? text("metadata.name") : text("name");
  }

  /** What is at a path of names with dots between; null if nothing is. */
  Object get(String path) {
    Object at = fields;
    for (String name : path.split("\\.", -1)) {
      if (!(at instanceof Map<?, ?> map) || !map.containsKey(name)) {
        return null;
      }
      at = map.get(name);
    }
    return at;
  }

  boolean has(String path) {
    return get(path) != null;
  }

  String text(String path) {
    return (String) require(path);
  }

  int number(String path) {
    return (Integer) require(path);
  }

  List<?> list(String path) {
    return (List<?>) require(path);
  }

  Manifest part(String path) {
    return of(require(path));
  }

  List<Manifest> parts(String path) {
    return has(path) ? list(path).stream().map(Manifest::of).toList() : List.of();
  }

  private Object require(String path) {
    Object value = get(path);
    if (value == null) {
      throw new AssertionError("no " + path + " in " + fields);
    }
    return value;
  }
}
