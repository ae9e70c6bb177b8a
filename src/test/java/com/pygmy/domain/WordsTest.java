package com.pygmy.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {

  @Test
  void aWordIsWhatStandsBetweenSpacesAndHasALetterOrADigit() {
    assertEquals(
        List.of("C++", "for", "O'Reilly", "1984", "語"),
        Words.of("  C++ -- for\u00a0O'Reilly & 1984 \u2003語 \"\" *").words());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "--", "\"\" ( ) *", "\uD83D\uDCDA", "a\u0000b", "\uD83D"})
  void refusesWhatHasNoWords(String text) {
    assertThrows(IllegalArgumentException.class, () -> Words.of(text));
  }

  @Test
  void takesSoMuchAndNoMore() {
    assertEquals(20, Words.of("ab ".repeat(20)).words().size());
    assertThrows(IllegalArgumentException.class, () -> Words.of("ab ".repeat(21)));
    assertEquals(200, Words.of("a".repeat(200)).words().get(0).length());
    assertThrows(IllegalArgumentException.class, () -> Words.of("a".repeat(201)));
    assertThrows(IllegalArgumentException.class, () -> new Words(List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> new Words(List.of("a".repeat(150), "b".repeat(51))));
  }
}
