package com.pygmy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.load.Plan.Extent;
import com.pygmy.load.Verdict.Fine;
import com.pygmy.load.Verdict.Unexpected;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class RunReportTest {

  private static final long MILLI = 1_000_000;
  private static final Verdict FINE = new Fine(new JsonObject());
  private static final Plan PLAN =
      new Plan(5, 0.75, Popularity.UNIFORM, 1, Extent.FOREVER, Optional.empty());

  private final Meter meter = new Meter(0, 500 * MILLI);

  private void ended(Kind kind, long begun, long ended, Verdict verdict) {
    meter.begun(kind, begun * MILLI);
    meter.ended(kind, begun * MILLI, ended * MILLI, verdict);
  }

  private String page(long millis) throws Exception {
    Summary summary = new Summary(PLAN, meter.figures(millis * MILLI));
    return new RunReport(summary, List.of("http://a"), Instant.EPOCH).page().html();
  }

  private static Document parsed(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page.replaceFirst("<!DOCTYPE html>", ""))));
  }

  @Test
  void aTimeWithoutABuyIsMarkedWhereItWas() throws Exception {
    for (int at = 0; at < 4_000; at += 10) {
      ended(Kind.LOOKUP, at, at + 5, FINE);
      if (at <= 1_000 || at >= 2_300) {
        ended(Kind.BUY, Math.min(at, at >= 2_300 && at < 2_310 ? 1_000 : at), at + 5, FINE);
      }
    }
    String page = page(4_000);
    assertTrue(page.contains("no buy was decided for 1,305 ms"), page);
    NodeList bars = parsed(page).getElementsByTagName("rect");
    long marks = 0;
    for (int i = 0; i < bars.getLength(); i++) {
      Element bar = (Element) bars.item(i);
      if (bar.getAttribute("class").equals("mark nobuy")) {
        marks++;
        double plot = 980 - 70 - 16;
        assertEquals(70 + plot * 1.0 / 4, Double.parseDouble(bar.getAttribute("x")), 2);
        assertEquals(plot * 1.305 / 4, Double.parseDouble(bar.getAttribute("width")), 1);
      }
      assertFalse(bar.getAttribute("class").contains("noread"), "reads went on");
    }
    assertEquals(1, marks);
  }

  private static List<Element> elements(Document page, String tag, String style) {
    NodeList all = page.getElementsByTagName(tag);
    return IntStream.range(0, all.getLength())
        .mapToObj(i -> (Element) all.item(i))
        .filter(element -> element.getAttribute("class").equals(style))
        .toList();
  }

  @Test
  void errorsAndRetriesAreMarkedWhereTheyWere() throws Exception {
    for (int at = 0; at < 4_000; at += 10) {
      ended(Kind.LOOKUP, at, at + 5, FINE);
    }
    ended(Kind.BUY, 2_040, 2_050, new Unexpected("500"));
    ended(Kind.LOOKUP, 2_045, 2_050, new Unexpected("500"));
    meter.retried(3_050 * MILLI);
    Document page = parsed(page(4_000));
    assertMarked(page, "errors", "2 errors", 2.05);
    assertMarked(page, "retries", "1 attempts tried again", 3.05);
  }

  private static void assertMarked(Document page, String lane, String told, double second) {
    List<Element> marks = elements(page, "rect", "mark " + lane);
    assertEquals(1, marks.size(), lane);
    assertEquals(told, marks.get(0).getTextContent().strip());
    double left = Double.parseDouble(marks.get(0).getAttribute("x"));
    double width = Double.parseDouble(marks.get(0).getAttribute("width"));
    double place = 70 + (980 - 70 - 16) * second / 4;
    assertTrue(left <= place && place <= left + width, lane + " at " + left + ", wide " + width);
    assertTrue(width < 60, "no wider than a moment: " + width);
  }

  @Test
  void theDistributionRisesToTheSlowestRequestsOfItsKind() throws Exception {
    for (int i = 0; i < 100; i++) {
      ended(Kind.LOOKUP, i, i < 97 ? i + 5 : i + 80, FINE);
      ended(Kind.BUY, i, i + 20, FINE);
    }
    List<Element> lookups = elements(parsed(page(200)), "path", "line " + Kind.LOOKUP.label());
    double[] heights = heights(lookups.get(0));
    assertEquals(51, heights.length, "to the percentile that a hundred requests can tell of");
    for (int i = 1; i < heights.length; i++) {
      assertTrue(heights[i] <= heights[i - 1], "at the top of a picture is 0");
    }
    List<Element> buys = elements(parsed(page(200)), "path", "line " + Kind.BUY.label());
    double flat = heights(buys.get(0))[0];
    assertTrue(heights[0] > flat, "a lookup in the middle is quicker than a buy");
    assertTrue(heights[50] < flat, "the slowest are slower");
  }

  private static double[] heights(Element line) {
    return Pattern.compile("[ML][0-9.]+ ([0-9.]+)")
        .matcher(line.getAttribute("d"))
        .results()
        .mapToDouble(point -> Double.parseDouble(point.group(1)))
        .toArray();
  }

  @Test
  void whatAShopAnsweredIsTextAndNothingElse() throws Exception {
    ended(Kind.BUY, 0, 5, new Unexpected("<script>alert(1)</script>"));
    String page = page(10);
    assertFalse(page.contains("<script"), page);
    parsed(page);
  }

  @Test
  void aRunInWhichNothingHappenedIsAPageToo() throws Exception {
    parsed(page(0));
    parsed(page(1));
  }

  @Test
  void oneRequestIsAPageToo() throws Exception {
    ended(Kind.LOOKUP, 0, 5, FINE);
    parsed(page(6));
  }
}
