package com.pygmy.load.svg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class XmlTest {

  @Test
  void escapesTextAndAttributes() {
    assertEquals(
        "<a href=\"&quot;&amp;&lt;\">&lt;b&gt; &amp; ?</a>",
        new Xml().element("a", "<b> & \u0000", "href", "\"&<").toString());
  }

  @Test
  void roundsWhatIsMeasuredInPixels() {
    assertEquals("<c x=\"1.3\" y=\"2\"/>", new Xml().leaf("c", "x", 1.26, "y", 2.0).toString());
  }

  @Test
  void doesNotLeaveAnElementOpen() {
    Xml open = new Xml().open("svg");
    assertThrows(IllegalStateException.class, open::toString);
  }
}
