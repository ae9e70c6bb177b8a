package com.pygmy.frontend;

import com.pygmy.wire.json.Route;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The page of each problem type, and the list of them all: the tables of {@code docs/problems.md},
 * which lies in the jar, so that nothing is said twice.
 */
final class ProblemPages {

  /** A heading, or a row: type, status, title, what it means, what to do. */
  private static final Pattern PART =
      Pattern.compile(
          "^(?:## (.+)|\\| `([a-z-]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|([^|]*)\\|)$",
          Pattern.MULTILINE);

  private static final Pattern BOLD = Pattern.compile("\\*\\*(.+?)\\*\\*");
  private static final Pattern LINK = Pattern.compile("\\[(.+?)]\\(.+?\\)");

  private final List<MatchResult> parts;
  private final String frame;

  /**
   * @param document {@code docs/problems.md}
   * @param frame the page around them, with {@code {title}} and {@code {content}} in it
   */
  ProblemPages(String document, String frame) {
    this.parts = PART.matcher(document).results().toList();
    this.frame = frame;
  }

  /** The pages, by the slugs of their types. */
  Map<String, Asset> pages() {
    return parts.stream()
        .filter(ProblemPages::isRow)
        .collect(Collectors.toUnmodifiableMap(row -> row.group(2), this::page));
  }

  /** All types, with links to their pages. */
  Asset list() {
    StringBuilder content = new StringBuilder("<h1>Problem types</h1>\n");
    boolean isOpen = false;
    for (MatchResult part : parts) {
      if (isRow(part)) {
        content
            .append("<li><a href=\"" + Route.PROBLEM.path(part.group(2)) + "\">")
            .append(escaped(part.group(4)))
            .append("</a> <span class=\"muted small\"><code>" + part.group(2) + "</code> ")
            .append(escaped(part.group(3)) + "</span></li>\n");
      } else {
        content
            .append(isOpen ? "</ul>\n" : "")
            .append("<h2>" + escaped(part.group(1)) + "</h2>\n<ul>\n");
        isOpen = true;
      }
    }
    return framed("problems", "Problem types", content.append("</ul>\n").toString());
  }

  private Asset page(MatchResult row) {
    String slug = row.group(2);
    String title = escaped(row.group(4));
    String toDo = row.group(6).strip();
    String content =
        "<h1>%s</h1>\n<p class=\"muted\"><code>%s</code>, status %s</p>\n"
                .formatted(title, Route.PROBLEM.path(slug), escaped(row.group(3)))
            + section("What it means", row.group(5))
            + (toDo.isEmpty() ? "" : section("What to do", toDo))
            + "<p><a href=\""
            + Route.PROBLEM_LIST.path()
            + "\">All problem types</a></p>\n";
    return framed(slug, title, content);
  }

  private static String section(String heading, String text) {
    return "<h2>" + heading + "</h2>\n<p>" + html(sentence(text)) + "</p>\n";
  }

  private Asset framed(String name, String title, String content) {
    String page = frame.replace("{title}", title).replace("{content}", content.strip());
    return Asset.of(name + ".html", Buffer.buffer(page));
  }

  private static boolean isRow(MatchResult part) {
    return part.group(2) != null;
  }

  private static String sentence(String text) {
    int first = text.startsWith("**") ? 2 : 0;
    return text.substring(0, first)
        + Character.toUpperCase(text.charAt(first))
        + text.substring(first + 1)
        + (text.endsWith(".") ? "" : ".");
  }

  /** Code and what is bold; of a link its text, for where it leads to is not served. */
  private static String html(String markdown) {
    StringBuilder html = new StringBuilder();
    boolean isCode = false;
    for (String part : escaped(markdown).split("`", -1)) {
      html.append(isCode ? "<code>" + part + "</code>" : marked(part));
      isCode = !isCode;
    }
    return html.toString();
  }

  private static String marked(String text) {
    String linked = LINK.matcher(text).replaceAll("$1");
    return BOLD.matcher(linked).replaceAll("<strong>$1</strong>");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
