package com.pygmy.load.svg;

import java.util.List;

/**
 * Charts side by side in rows, all of one size, and what their lines mean above them. Its colours
 * are those of the page around it.
 *
 * @param told for those who cannot see it
 * @param legend without points; empty: no legend
 */
public record Picture(
    String told, List<Series> legend, List<Chart> charts, int perRow, int width, int chartHeight) {

  private static final double LEGEND = 30;
  private static final double SWATCH = 26;
  private static final double CHARACTER = 7.4;

  public Picture {
    legend = List.copyOf(legend);
    charts = List.copyOf(charts);
  }

  /** The whole {@code svg} element. */
  public Xml draw() {
    double top = legend.isEmpty() ? 0 : LEGEND;
    int rows = (charts.size() + perRow - 1) / perRow;
    double height = top + rows * (double) chartHeight;
    Xml out = new Xml();
    out.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "0 0 %d %d".formatted(width, Math.round(height)),
        "role",
        "img",
        "aria-label",
        told);
    drawLegend(out);
    double chartWidth = width / (double) perRow;
    for (int i = 0; i < charts.size(); i++) {
      int row = i / perRow;
      double left = i % perRow * chartWidth;
      charts.get(i).draw(out, left, top + row * (double) chartHeight, chartWidth, chartHeight);
    }
    return out.close().newLine();
  }

  private void drawLegend(Xml out) {
    double left = Chart.LEFT;
    for (Series one : legend) {
      out.leaf(
          "line",
          "class",
          "line " + one.style(),
          "x1",
          left,
          "x2",
          left + SWATCH,
          "y1",
          14,
          "y2",
          14);
      out.element("text", one.name(), "class", "key", "x", left + SWATCH + 8, "y", 18);
      left += SWATCH + 30 + CHARACTER * one.name().length();
    }
  }
}
