package com.pygmy.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.pygmy.load.Popularity.Picker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PopularityTest {

  private static final int BOOKS = 50;
  private static final int PICKS = 100_000;

  /** Evenly spread chances: what comes out is the distribution itself. */
  private static double[] shares(Picker picker) {
    double[] shares = new double[BOOKS];
    for (int i = 0; i < PICKS; i++) {
      shares[picker.pick((i + 0.5) / PICKS)] += 1.0 / PICKS;
    }
    return shares;
  }

  @Test
  void uniformPicksEachBookAsOften() {
    for (double share : shares(Popularity.UNIFORM.among(BOOKS))) {
      assertEquals(1.0 / BOOKS, share, 1e-4);
    }
  }

  @Test
  void zipfPicksTheNthBookOneNthAsOften() {
    double[] shares = shares(Popularity.ZIPF.among(BOOKS));
    for (int i = 0; i < BOOKS; i++) {
      assertEquals(shares[0] / (i + 1), shares[i], 1e-4, "book " + i);
    }
  }

  @ParameterizedTest
  @EnumSource(Popularity.class)
  void theFirstAndTheLastChanceAreBooksToo(Popularity popularity) {
    Picker picker = popularity.among(BOOKS);
    assertEquals(0, picker.pick(0));
    assertEquals(BOOKS - 1, picker.pick(Math.nextDown(1.0)));
    assertEquals(0, popularity.among(1).pick(0.7));
    assertThrows(IllegalArgumentException.class, () -> popularity.among(0));
  }
}
