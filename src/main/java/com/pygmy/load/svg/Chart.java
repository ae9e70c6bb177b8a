package com.pygmy.load.svg;

import com.pygmy.load.svg.Scale.Tick;
import java.util.List;

/**
 * Lines over a common pair of axes, and strips below them. Lanes are also faintly shown in the
 * chart itself.
 */
public record Chart(String title, Axis x, Axis y, List<Series> series, List<Lane> lanes) {

  static final double LEFT = 70;
  static final double RIGHT = 16;
  private static final double TOP = 34;
  private static final double TOP_UNTITLED = 12;
  static final double BOTTOM = 48;
  private static final double LANE = 20;
  private static final double GAP = 6;
  private static final double LEAST_WIDTH = 2;

  public Chart {
    series = List.copyOf(series);
    lanes = List.copyOf(lanes);
  }

  /** Draws into a box. */
  void draw(Xml out, double left, double top, double width, double height) {
    double above = title.isEmpty() ? TOP_UNTITLED : TOP;
    Box box =
        new Box(
            left + LEFT,
            top + above,
            width - LEFT - RIGHT,
            height - above - BOTTOM - lanes.size() * LANE - (lanes.isEmpty() ? 0 : GAP));
    out.element("text", title, "class", "title", "x", box.left, "y", top + 16);
    grid(out, box);
    double laneTop = box.bottom() + GAP;
    for (Lane lane : lanes) {
      lane(out, box, lane, laneTop);
      laneTop += LANE;
    }
    series.forEach(one -> line(out, box, one));
    axes(out, box, lanes.isEmpty() ? box.bottom() : laneTop);
  }

  private record Box(double left, double top, double width, double height) {
    double bottom() {
      return top + height;
    }

    double right() {
      return left + width;
    }
  }

  private double across(Box box, double value) {
    return box.left + box.width * x.scale().at(value);
  }

  private double up(Box box, double value) {
    return box.bottom() - box.height * y.scale().at(value);
  }

  private void grid(Xml out, Box box) {
    for (Tick tick : y.scale().ticks()) {
      double place = up(box, tick.value());
      String style = tick.isMajor() ? "grid" : "grid faint";
      out.leaf("line", "class", style, "x1", box.left, "x2", box.right(), "y1", place, "y2", place);
      if (tick.isMajor()) {
        out.element("text", tick.label(), "class", "tick y", "x", box.left - 8, "y", place + 4);
      }
    }
    for (Tick tick : x.scale().ticks()) {
      double place = across(box, tick.value());
      out.leaf(
          "line", "class", "grid", "x1", place, "x2", place, "y1", box.top, "y2", box.bottom());
    }
  }

  private void axes(Xml out, Box box, double bottom) {
    for (Tick tick : x.scale().ticks()) {
      double place = across(box, tick.value());
      out.element("text", tick.label(), "class", "tick x", "x", place, "y", bottom + 18);
    }
    out.leaf(
        "line",
        "class",
        "axis",
        "x1",
        box.left,
        "x2",
        box.right(),
        "y1",
        box.bottom(),
        "y2",
        box.bottom());
    out.element(
        "text", x.title(), "class", "label", "x", box.left + box.width / 2, "y", bottom + 38);
    double middle = box.top + box.height / 2;
    out.element(
        "text",
        y.title(),
        "class",
        "label",
        "transform",
        "translate(%d %d) rotate(-90)".formatted(Math.round(box.left - 54), Math.round(middle)));
  }

  private void line(Xml out, Box box, Series one) {
    StringBuilder path = new StringBuilder();
    boolean isOn = false;
    for (Series.Point point : one.points()) {
      boolean isNumber = Double.isFinite(point.y());
      if (isNumber) {
        path.append(isOn ? 'L' : 'M')
            .append(Xml.rounded(across(box, point.x())))
            .append(' ')
            .append(Xml.rounded(up(box, point.y())))
            .append(isOn ? "" : "h0"); // a point between two gaps is seen, too
      }
      isOn = isNumber;
    }
    if (path.length() > 0) {
      out.leaf("path", "class", "line " + one.style(), "d", path);
    }
    if (one.dots()) {
      for (Series.Point point : one.points()) {
        if (Double.isFinite(point.y())) {
          out.leaf(
              "circle",
              "class",
              "dot " + one.style(),
              "cx",
              across(box, point.x()),
              "cy",
              up(box, point.y()),
              "r",
              3);
        }
      }
    }
  }

  private void lane(Xml out, Box box, Lane lane, double top) {
    out.element("text", lane.name(), "class", "tick y", "x", box.left - 8, "y", top + 13);
    bar(out, "lane", box.left, top + 2, box.width, LANE - 4, "");
    for (Lane.Span span : lane.spans()) {
      double begin = across(box, span.from());
      double width = Math.max(LEAST_WIDTH, across(box, span.to()) - begin);
      bar(out, "shade " + lane.style(), begin, box.top, width, box.height, span.told());
      bar(out, "mark " + lane.style(), begin, top + 2, width, LANE - 4, span.told());
    }
  }

  private static void bar(
      Xml out, String style, double x, double y, double width, double height, String told) {
    out.open("rect", "class", style, "x", x, "y", y, "width", width, "height", height);
    if (!told.isEmpty()) {
      out.element("title", told);
    }
    out.close();
  }
}
