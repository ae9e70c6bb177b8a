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
