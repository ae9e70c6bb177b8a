package com.pygmy.load;

import com.pygmy.load.svg.Xml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A page that needs nothing but itself: its style and pictures are in it, and it has no scripts.
 */
record Page(String title, String subtitle, Xml body) {

  private static final String STYLE = "report.css";

  /** Puts it into a folder that exists, as {@code index.html}, whole or not at all. */
  static Path write(Path folder, Page page) throws IOException {
    Path file = folder.resolve("index.html");
    Path unfinished = folder.resolve("index.html.tmp");
    Files.writeString(unfinished, page.html());
    Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  String html() throws IOException {
    Xml html = new Xml();
    html.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml")
        .open("head")
        .leaf("meta", "charset", "utf-8")
        .leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
        .leaf("meta", "name", "color-scheme", "content", "light dark")
        .element("title", title)
        .element("style", style())
        .close()
        .open("body")
        .open("main")
        .element("h1", title)
        .element("p", subtitle, "class", "subtitle")
        .put(body)
        .close()
        .close()
        .close();
    return "<!DOCTYPE html>\n" + html + "\n";
  }

  /** Without the characters that XML would escape and a style sheet would not understand. */
  private static String style() throws IOException {
    try (InputStream style = Page.class.getResourceAsStream(STYLE)) {
      if (style == null) {
        throw new IOException(STYLE + " is not in the jar");
      }
      return new String(style.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A table; a column whose name starts with {@code >} is aligned right. */
  static void table(Xml out, List<String> header, List<List<String>> rows) {
    out.open("div", "class", "scroll").open("table").open("thead").open("tr");
    header.forEach(name -> out.element("th", name.replaceFirst("^>", ""), "class", side(name)));
    out.close().close().open("tbody");
    for (List<String> row : rows) {
      out.open("tr");
      for (int i = 0; i < row.size(); i++) {
        out.element("td", row.get(i), "class", side(header.get(i)));
      }
      out.close();
    }
    out.close().close().close().newLine();
  }

  private static String side(String column) {
    return column.startsWith(">") ? "right" : "left";
  }

  /** A picture with its heading and what it shows. */
  static void figure(Xml out, String heading, Xml picture, String caption) {
    out.open("figure")
        .element("h2", heading)
        .open("div", "class", "scroll")
        .put(picture)
        .close()
        .element("figcaption", caption)
        .close()
        .newLine();
  }
}
