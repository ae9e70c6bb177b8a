package com.pygmy.load.svg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.load.svg.Series.Point;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class PictureTest {

  private static final Axis ACROSS = new Axis("<seconds>", Scale.upTo(10, 5));
  private static final Axis UP = new Axis("a & b", Scale.linear(100, 5));

  @Test
  void isWellFormedWhateverItsNamesAre() throws Exception {
    Lane lane = new Lane("\"lane\"", "bad", List.of(new Lane.Span(1, 2, "<&>")));
    Document svg = parsed(picture(List.of(new Point(0, 1), new Point(10, 50)), List.of(lane)));
    assertEquals("svg", svg.getDocumentElement().getTagName());
    assertEquals("<&>", texts(svg, "title").item(0).getTextContent());
  }

  @Test
  void aLineIsInterruptedWhereThereIsNoNumber() throws Exception {
    Document svg =
        parsed(
            picture(
                List.of(
                    new Point(0, 1),
                    new Point(1, 2),
                    new Point(2, Double.NaN),
                    new Point(3, 4),
                    new Point(4, 5)),
                List.of()));
    String path = ((Element) texts(svg, "path").item(0)).getAttribute("d");
    assertEquals(2, path.chars().filter(c -> c == 'M').count(), path);
    assertEquals(2, path.chars().filter(c -> c == 'L').count(), path);
  }

  @Test
  void theShortestSpanCanBeSeen() throws Exception {
    Lane lane = new Lane("lane", "bad", List.of(new Lane.Span(5, 5, "short")));
    NodeList bars = texts(parsed(picture(List.of(), List.of(lane))), "rect");
    for (int i = 0; i < bars.getLength(); i++) {
      double width = Double.parseDouble(((Element) bars.item(i)).getAttribute("width"));
      assertTrue(width >= 2, () -> "a bar is " + width + " wide");
    }
    assertEquals(2 * 3, bars.getLength());
  }

  private static Xml picture(List<Point> points, List<Lane> lanes) {
    Series line = new Series("a line", "line", points, true);
    Chart chart = new Chart("<title>", ACROSS, UP, List.of(line), lanes);
    return new Picture("told", List.of(line), List.of(chart, chart), 2, 800, 300).draw();
  }

  private static NodeList texts(Document svg, String tag) {
    return svg.getElementsByTagName(tag);
  }

  private static Document parsed(Xml svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg.toString())));
  }
}
