package com.pygmy.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/**
 * A visitor with a browser of their own: the system's Chromium without a window, driven by the
 * driver of the same package source. Nothing is downloaded.
 */
final class Visitor implements AutoCloseable {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private static final long PATIENCE_MILLIS = 40_000;
  private static final long LOOK_EVERY_MILLIS = 50;

  /** More than any page has to stop at. */
  private static final int MOST_STOPS = 60;

  private final Path profile;
  private final ChromeDriver browser;

  private Visitor(Path profile, ChromeDriver browser) {
    this.profile = profile;
    this.browser = browser;
  }

  /** Skips the tests, loudly, where there is no browser; unless it must not be missing. */
  static void requireBrowser() {
    boolean isThere = Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    if (!isThere) {
      String missing =
          "BROWSER TESTS SKIPPED: %s or %s is missing (Debian: apt-get install chromium"
              + " chromium-driver)";
      String told = missing.formatted(CHROMIUM, DRIVER);
      if (Boolean.getBoolean("pygmy.browser.required")) {
        fail(told);
      }
      System.err.println(told);
      Assumptions.abort(told);
    }
  }

  /** Opens the shop. */
  static Visitor at(String url) throws IOException {
    Path profile = Files.createTempDirectory("pygmy-visitor");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile);
    options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL"));
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(DRIVER.toFile())
            .usingAnyFreePort()
            .build();
    Visitor visitor = new Visitor(profile, new ChromeDriver(service, options));
    visitor.browser.manage().window().setSize(new Dimension(1_200, 800));
    visitor.open(url + "/");
    return visitor;
  }

  void open(String url) {
    browser.get(url);
  }

  /** The tab that is looked at. */
  String tab() {
    return browser.getWindowHandle();
  }

  void turnTo(String tab) {
    browser.switchTo().window(tab);
  }

  /** Opens another tab, and turns to it. */
  void openTab(String url) {
    browser.switchTo().newWindow(WindowType.TAB);
    browser.get(url);
  }

  void reload() {
    browser.navigate().refresh();
  }

  String address() {
    return browser.getCurrentUrl();
  }

  /** The one element, once it is there. */
  WebElement find(String css) {
    return await(css, () -> browser.findElements(By.cssSelector(css)).stream().findFirst());
  }

  int count(String css) {
    return browser.findElements(By.cssSelector(css)).size();
  }

  /** Its text, as far as it is shown now; empty when it is not there. */
  String text(String css) {
    return browser.findElements(By.cssSelector(css)).stream()
        .findFirst()
        .map(WebElement::getText)
        .orElse("");
  }

  void awaitText(String css, String part) {
    await(
        "'%s' in %s".formatted(part, css),
        () -> Optional.of(css).filter(c -> text(c).contains(part)));
  }

  void awaitNoText(String css, String part) {
    await(
        "no '%s' in %s".formatted(part, css),
        () -> Optional.of(css).filter(c -> !text(c).contains(part)));
  }

  void type(String css, String text) {
    find(css).sendKeys(text);
  }

  /** To whatever has the focus. */
  void press(CharSequence... keys) {
    new Actions(browser).sendKeys(keys).perform();
  }

  /** Goes on by the key Tab until the focus is there. */
  void tabTo(String css) {
    for (int stop = 0; stop < MOST_STOPS; stop++) {
      press(Keys.TAB);
      if (script("return document.activeElement.matches(\"" + css + "\")").equals(true)) {
        return;
      }
    }
    fail("not to be reached by Tab: " + css + ", at " + address());
  }

  void click(String css) {
    find(css).click();
  }

  void doubleClick(String css) {
    new Actions(browser).doubleClick(find(css)).perform();
  }

  Object script(String javascript) {
    return ((JavascriptExecutor) browser).executeScript(javascript);
  }

  /** Until the script returns true. */
  void awaitScript(String javascript) {
    await(javascript, () -> Optional.of(true).filter(yes -> yes.equals(script(javascript))));
  }

  void resize(int width, int height) {
    // Not the window: that cannot be as narrow as a phone.
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", true));
  }

  /** At these widths nothing is wider than the page, or reaches into its margin at the right. */
  void expectFits(String page) {
    for (int width : List.of(320, 360, 375, 768, 1_100, 1_600)) {
      resize(width, 700);
      assertEquals(
          (long) width, script("return document.documentElement.scrollWidth"), page + ", " + width);
      assertEquals(
          List.of(),
          script(
              "return [...document.querySelectorAll('.top > *, main > *')]"
                  + ".filter(e => e.getBoundingClientRect().right > innerWidth - 15)"
                  + ".map(e => e.outerHTML.slice(0, 80))"),
          page + ", " + width);
    }
  }

  /** Whatever can be operated has a name and a role for those who do not see it. */
  void expectNamed(String page) {
    List<String> unnamed = await("the controls of " + page, () -> Optional.of(unnamed()));
    assertEquals(List.of(), unnamed, page);
    assertEquals(1, count("h1"), "headings of the first level at " + page);
  }

  private List<String> unnamed() {
    List<WebElement> controls =
        browser.findElements(By.cssSelector("a, button, input, select, textarea, summary"));
    assertFalse(controls.isEmpty(), "there are some");
    return controls.stream()
        .filter(WebElement::isDisplayed)
        .filter(
            control ->
                control.getAccessibleName().isBlank()
                    || Set.of("", "none", "generic").contains(control.getAriaRole()))
        .map(control -> control.getDomProperty("outerHTML"))
        .toList();
  }

  void prefersDark() {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
  }

  /** What is on the screen, of this size, with so many dots to the pixel. */
  byte[] picture(int width, int height, double scale, boolean isPhone) {
    browser.executeCdpCommand("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", isPhone));
    return browser.getScreenshotAs(OutputType.BYTES);
  }

  /** Nothing was refused by the policy of the page, no script failed, nothing was missing. */
  void expectNoComplaints() {
    List<String> complaints =
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
            .map(LogEntry::getMessage)
            .toList();
    assertEquals(List.of(), complaints);
  }

  private interface Look<T> {
    Optional<T> look();
  }

  private <T> T await(String what, Look<T> look) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (System.nanoTime() < deadline) {
      try {
        Optional<T> seen = look.look();
        if (seen.isPresent()) {
          return seen.get();
        }
      } catch (StaleElementReferenceException changing) {
        // The page was changing just then.
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_EVERY_MILLIS));
    }
    return fail("in vain: " + what + ", at " + address() + ":\n" + text("body"));
  }

  @Override
  public void close() throws IOException {
    browser.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
