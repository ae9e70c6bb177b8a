package com.pygmy.load.svg;

import java.util.List;

/**
 * A strip below a chart, on the same horizontal axis.
 *
 * @param style a CSS class of its bars
 */
public record Lane(String name, String style, List<Span> spans) {

  public Lane {
    spans = List.copyOf(spans);
  }

  /** From one value of the axis to another, told when it is pointed at. */
  public record Span(double from, double to, String told) {}
}
