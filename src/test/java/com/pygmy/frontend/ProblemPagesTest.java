package com.pygmy.frontend;

import static com.pygmy.frontend.FrontendFixture.slug;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.json.ProblemType;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the {@code type} of a problem links to. */
class ProblemPagesTest {

  private static FrontendFixture frontend;

  @BeforeAll
  static void start() {
    frontend = new FrontendFixture();
    frontend.start(FrontendFixture.settings());
  }

  @AfterAll
  static void stop() {
    frontend.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeHasAPageAtItsAddressAndIsInTheList(ProblemType type) {
    HttpResponse<Buffer> page = frontend.get(type.uri());
    assertEquals(200, page.statusCode());
    assertEquals("text/html; charset=utf-8", page.getHeader("Content-Type"));
    String text = page.bodyAsString();
    String title = type.title();
    assertTrue(text.contains("<h1>" + title + "</h1>"), text);
    assertTrue(text.contains("<code>" + type.uri() + "</code>, status " + type.status()), text);
    assertTrue(text.contains("<h2>What it means</h2>"), text);
    assertFalse(text.matches("(?s).*(\\{title}|\\{content}|\\*\\*|`|]\\().*"), "markup: " + text);
    String list = frontend.get("/problems").bodyAsString();
    assertTrue(list.contains("<a href=\"" + type.uri() + "\">" + title + "</a>"), list);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/problems/nothing",
        "/problems/problems",
        "/problems/OUT-OF-STOCK",
        "/problems/out-of-stock.html",
        "/problems/out-of-stock/x",
        "/problems/%3Cscript%3E"
      })
  void thereIsNoOther(String uri) {
    HttpResponse<Buffer> response = frontend.get(uri);
    assertEquals(404, response.statusCode());
    assertEquals("unknown-route", slug(response));
  }

  @Test
  void aRowOfTheDocumentIsAPage() {
    String document =
        """
        # Title
        ## This & that
        | type | status | title | what it means | what to do |
        |---|---|---|---|---|
        | `one` | 404 | A <b> | **it** is `a < b`, see [here](other.md#x) | ask "twice" |
        | `two` | 422, 400 | Two | `c` is so. | |
        """;
    ProblemPages pages = new ProblemPages(document, "<{title}>\n{content}\n");
    assertEquals(
        """
        <A &lt;b&gt;>
        <h1>A &lt;b&gt;</h1>
        <p class="muted"><code>/problems/one</code>, status 404</p>
        <h2>What it means</h2>
        <p><strong>It</strong> is <code>a &lt; b</code>, see here.</p>
        <h2>What to do</h2>
        <p>Ask &quot;twice&quot;.</p>
        <p><a href="/problems">All problem types</a></p>
        """,
        text(pages.pages().get("one")));
    assertEquals(
        """
        <Two>
        <h1>Two</h1>
        <p class="muted"><code>/problems/two</code>, status 422, 400</p>
        <h2>What it means</h2>
        <p><code>c</code> is so.</p>
        <p><a href="/problems">All problem types</a></p>
        """,
        text(pages.pages().get("two")));
    assertEquals(
        """
        <Problem types>
        <h1>Problem types</h1>
        <h2>This &amp; that</h2>
        <ul>
        <li><a href="/problems/one">A &lt;b&gt;</a> <span class="muted small"><code>one</code> 404</span></li>
        <li><a href="/problems/two">Two</a> <span class="muted small"><code>two</code> 422, 400</span></li>
        </ul>
        """,
        text(pages.list()));
  }

  private static String text(Asset page) {
    return page.answer(Optional.empty(), Optional.empty()).body().toString();
  }
}
