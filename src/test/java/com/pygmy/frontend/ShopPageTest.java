package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.json.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The files of the shop page, without a browser. */
class ShopPageTest {

  private static final Path WEBROOT = Path.of("src/main/resources/webroot");

  /** As they are, not even compressed. */
  private static final int MAX_BYTES = 64 * 1024;

  /** Of problems that no frontend tells of: the page's own. */
  private static final Set<String> OTHERS = Set.of("unreachable");

  @Test
  void hasWordsForEveryProblemTypeAndNoOther() throws IOException {
    String script = read("pygmy-http.js");
    String table = script.substring(script.indexOf("WORDS = {"), script.indexOf("\n};"));
    Set<String> worded =
        Pattern.compile("^  '?([a-z-]+)'?:", Pattern.MULTILINE)
            .matcher(table)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> types =
        Arrays.stream(ProblemType.values())
            .map(ProblemType::slug)
            .collect(Collectors.toCollection(TreeSet::new));
    types.addAll(OTHERS);
    assertEquals(types, worded);
  }

  @Test
  void bringsEverythingAlongAndNothingThatAStrictPolicyForbids() throws IOException {
    String page = read("index.html");
    assertFalse(page.matches("(?s).*<script(?![^>]* src=).*"), "an inline script");
    assertFalse(page.matches("(?s).*(<style| style=| on[a-z]+=).*"), "an inline style or handler");
    for (Path file : files()) {
      String text = Files.readString(file);
      assertFalse(text.matches("(?s).*(src|href|import|url\\()[^\\n]{0,9}https?:.*"), file + "");
      assertFalse(text.contains("innerHTML") || text.contains("eval("), file + " makes markup");
    }
  }

  @Test
  void loadsEveryModuleAtOnceAndIsSmall() throws IOException {
    int bytes = read("index.html").length();
    Set<Path> loaded = files();
    for (Path file : loaded) {
      bytes += (int) Files.size(file);
      for (Path needed : named(Files.readString(file))) {
        assertTrue(loaded.contains(needed), needed + " of " + file + " is not preloaded");
      }
    }
    assertTrue(bytes < MAX_BYTES, bytes + " bytes");
  }

  /** WCAG 2 asks for 4.5; a badge's word is on the soft ground of its own colour. */
  @Test
  void wordsStandOutFromTheirGroundByDayAndByNight() throws IOException {
    String styles = read("pygmy.css");
    int dark = styles.indexOf("prefers-color-scheme: dark");
    for (String scheme : List.of(styles.substring(0, dark), styles.substring(dark))) {
      Map<String, String> colours =
          Pattern.compile("--([a-z-]+): (#[0-9a-f]{6});")
              .matcher(scheme)
              .results()
              .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
      for (String words : List.of("text", "muted", "accent", "good", "warn", "bad")) {
        List<String> grounds = new ArrayList<>(List.of("page", "surface"));
        grounds.add(colours.containsKey(words + "-soft") ? words + "-soft" : "raised");
        for (String ground : grounds) {
          double contrast = contrast(colours.get(words), colours.get(ground));
          assertTrue(contrast >= 4.5, words + " on " + ground + ": " + contrast);
        }
      }
      assertTrue(contrast(colours.get("on-accent"), colours.get("accent")) >= 4.5, "buttons");
    }
  }

  private static double contrast(String one, String other) {
    double a = luminance(one);
    double b = luminance(other);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  private static double luminance(String colour) {
    double sum = 0;
    double[] weights = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < weights.length; i++) {
      double c = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
      sum += weights[i] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
  }

  /** The scripts and the styles of this page. */
  private static Set<Path> files() throws IOException {
    return named(read("index.html"));
  }

  private static Set<Path> named(String text) {
    return Pattern.compile("/assets/([a-z-]+\\.(js|css))")
        .matcher(text)
        .results()
        .map(found -> WEBROOT.resolve(found.group(1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String read(String file) throws IOException {
    return Files.readString(WEBROOT.resolve(file));
  }
}
