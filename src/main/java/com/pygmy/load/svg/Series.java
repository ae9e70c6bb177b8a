package com.pygmy.load.svg;

import java.util.List;

/**
 * A line through points, from left to right.
 *
 * @param style a CSS class
 * @param dots are the points shown?
 */
public record Series(String name, String style, List<Point> points, boolean dots) {

  public Series {
    points = List.copyOf(points);
  }

  /** A value over another; a value that is not a number interrupts the line. */
  public record Point(double x, double y) {}
}
