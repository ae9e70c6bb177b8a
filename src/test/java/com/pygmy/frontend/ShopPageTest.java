package com.pygmy.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.wire.json.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
