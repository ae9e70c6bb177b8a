package com.pygmy.load.svg;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Writes elements, well-formed and escaped, in a form that is XML and HTML at once. Numbers are
 * rounded to a tenth, which is what a picture needs.
 */
public final class Xml {

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins an element; attributes are names and values in turn. */
  public Xml open(String name, Object... attributes) {
    begin(name, attributes).append('>');
    open.push(name);
    return this;
  }

  /** An element without content, as SVG's shapes and HTML's void elements are. */
  public Xml leaf(String name, Object... attributes) {
    begin(name, attributes).append("/>");
    return this;
  }

  public Xml text(Object text) {
    escape(text(text, false));
    return this;
  }

  /** Ends the element that was begun last. */
  public Xml close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element with nothing but text in it. */
  public Xml element(String name, Object text, Object... attributes) {
    return open(name, attributes).text(text).close();
  }

  /** Well-formed text that came from elsewhere. */
  Xml raw(String xml) {
    out.append(xml);
    return this;
  }

  /** Puts in what another one has written. */
  public Xml put(Xml finished) {
    return raw(finished.toString());
  }

  public Xml newLine() {
    out.append('\n');
    return this;
  }

  private StringBuilder begin(String name, Object... attributes) {
    out.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(text(attributes[i + 1], true));
      out.append('"');
    }
    return out;
  }

  private static String text(Object value, boolean isShort) {
    if (isShort && value instanceof Double number) {
      return rounded(number);
    }
    return String.valueOf(value);
  }

  /** To a tenth. */
  static String rounded(double number) {
    String rounded = String.format(Locale.ROOT, "%.1f", number);
    return rounded.endsWith(".0") ? rounded.substring(0, rounded.length() - 2) : rounded;
  }

  /** What XML forbids even when it is escaped becomes a question mark. */
  private void escape(String text) {
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(isCharacter(point) ? point : '?');
              }
            });
  }

  private static boolean isCharacter(int point) {
    return point == '\t'
        || point == '\n'
        || point == '\r'
        || (point >= 0x20 && point < Character.MIN_SURROGATE)
        || (point > Character.MAX_SURROGATE && point != 0xFFFE && point != 0xFFFF);
  }

  /** What was written; everything that was begun must have been ended. */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return out.toString();
  }
}
