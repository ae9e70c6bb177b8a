package com.pygmy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents hang together: what they lead to is there, and what they show is small. */
class DocumentsTest {

  private static final Path IMAGES = Path.of("docs/images");
  private static final long MAX_IMAGE_BYTES = 150_000;

  private static final Pattern LINK = Pattern.compile("(!?)\\[([^\\]\\[]*)\\]\\(([^)\\s]+)\\)");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^\\s*```.*?^\\s*```\\s*$");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

  private record Link(Path from, boolean isPicture, String text, String to) {

    boolean leadsOut() {
      return to.matches("[a-z]+:.*") || to.startsWith("//");
    }

    Path file() {
      String path = to.replaceFirst("#.*", "");
      return path.isEmpty() ? from : from.resolveSibling(path).normalize();
    }

    String anchor() {
      return to.contains("#") ? to.substring(to.indexOf('#') + 1) : "";
    }

    @Override
    public String toString() {
      return from + ": [" + text + "](" + to + ")";
    }
  }

  @Test
  void everyLinkLeadsToAFileAndAHeadingThatAreThere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Link link : links()) {
      boolean isThere =
          link.leadsOut()
              || (Files.exists(link.file())
                  && (link.anchor().isEmpty() || anchors(link.file()).contains(link.anchor())));
      if (!isThere) {
        broken.add(link.toString());
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void everyPictureIsShownSomewhereSaysWhatItShowsAndIsSmall() throws IOException {
    List<Link> links = links();
    Set<Path> shown = links.stream().map(Link::file).collect(Collectors.toSet());
    try (Stream<Path> pictures = Files.list(IMAGES)) {
      for (Path picture : pictures.toList()) {
        assertTrue(shown.contains(picture), picture + " is shown nowhere");
        long bytes = Files.size(picture);
        assertTrue(bytes < MAX_IMAGE_BYTES, picture + " has " + bytes + " bytes");
      }
    }
    assertEquals(
        List.of(), links.stream().filter(l -> l.isPicture() && l.text().isBlank()).toList());
  }

  private static List<Link> links() throws IOException {
    List<Link> links = new ArrayList<>();
    for (Path document : documents()) {
      LINK.matcher(prose(document))
          .results()
          .map(l -> new Link(document, !l.group(1).isEmpty(), l.group(2), l.group(3)))
          .forEach(links::add);
    }
    return links;
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("docs"));
        Stream<Path> others = Files.find(Path.of(""), 2, (file, attributes) -> true)) {
      return Stream.concat(files, others.filter(file -> !file.startsWith("docs")))
          .filter(file -> file.toString().endsWith(".md") && !file.startsWith("target"))
          .toList();
    }
  }

  /** As the forges make them: lower case, without marks, with a hyphen for each blank. */
  private static Set<String> anchors(Path document) throws IOException {
    return HEADING
        .matcher(prose(document))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).strip())
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String prose(Path document) throws IOException {
    return BLOCK.matcher(Files.readString(document)).replaceAll("");
  }
}
