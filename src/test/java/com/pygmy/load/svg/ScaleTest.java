package com.pygmy.load.svg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.load.svg.Scale.Tick;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScaleTest {

  private static final double EXACT = 1e-9;

  @Test
  void aLinearScaleEndsAtARoundNumber() {
    Scale scale = Scale.linear(870, 5);
    assertEquals(List.of("0", "200", "400", "600", "800", "1,000"), labels(scale));
    assertEquals(0.5, scale.at(500), EXACT);
  }

  @Test
  void aLinearScaleOfSmallNumbersHasTheirDecimals() {
    assertEquals(List.of("0.00", "0.02", "0.04", "0.06"), labels(Scale.linear(0.06, 3)));
  }

  @Test
  void aScaleUpToAnEndDoesNotGoBeyondIt() {
    Scale scale = Scale.upTo(33, 10);
    assertEquals(List.of("0", "5", "10", "15", "20", "25", "30"), labels(scale));
    assertEquals(1, scale.at(33), EXACT);
  }

  @Test
  void aLogarithmicScaleHasOnesTwosAndFivesAroundItsValues() {
    Scale scale = Scale.logarithmic(0.6, 33);
    assertEquals(List.of("0.5", "1", "2", "5", "10", "20", "50"), labels(scale));
    assertEquals(0.5, scale.at(5), EXACT);
  }

  @Test
  void aLogarithmicScaleOfManyDecadesNamesTheDecadesOnly() {
    assertEquals(
        List.of("0.1", "1", "10", "100", "1,000", "10,000"),
        labels(Scale.logarithmic(0.1, 10_000)).stream().filter(l -> !l.isEmpty()).toList());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "0,0", "5,5", "0.7,0.7", "0,1000000"})
  void aLogarithmicScaleHasRoomForAnyValues(double least, double most) {
    Scale scale = Scale.logarithmic(least, most);
    assertTrue(scale.ticks().size() >= 2, scale::toString);
    assertTrue(scale.at(most) >= scale.at(least), scale::toString);
    assertTrue(Double.isFinite(scale.at(least)), scale::toString);
  }

  @Test
  void eachNineOfAPercentileIsAsWideAsTheLast() {
    Scale scale = Scale.percentiles(4);
    assertEquals(List.of("0", "50", "90", "99", "99.9", "99.99"), labels(scale));
    assertEquals(0.25, scale.at(90), EXACT);
    assertEquals(0.5, scale.at(99), EXACT);
    assertEquals(0.75, scale.at(99.9), EXACT);
    assertEquals(1, scale.at(100), EXACT);
  }

  @Test
  void valuesOutsideAreAtTheEnds() {
    Scale scale = Scale.linear(10, 5);
    assertEquals(0, scale.at(-3));
    assertEquals(1, scale.at(99));
  }

  private static List<String> labels(Scale scale) {
    return scale.ticks().stream().map(Tick::label).toList();
  }
}
