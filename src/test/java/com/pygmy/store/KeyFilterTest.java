package com.pygmy.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.domain.Seeds;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyFilterTest {
  static LongStream seeds() {
    return Seeds.of(2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void neverForgetsAndSeldomErrs(long seed) {
    Random random = new Random(seed);
    KeyFilter filter = new KeyFilter(1 << 18);
    int keys = 200_000;
    for (int i = 0; i < keys; i++) {
      filter.add(key(seed, i));
      filter.add("order-" + i);
    }
    int wrong = 0;
    for (int i = 0; i < keys; i++) {
      assertTrue(filter.mayContain(key(seed, i)), Seeds.replay(seed));
      assertTrue(filter.mayContain("order-" + i), Seeds.replay(seed));
      if (filter.mayContain(new UUID(random.nextLong(), random.nextLong()).toString())
          || filter.mayContain("other-" + i)) {
        wrong++;
      }
    }
    // 5.2 bits a key and 5 probes: 9 % of strangers pass; here each of two may.
    assertTrue(wrong < keys / 4, wrong + " of " + keys + " strangers passed");
  }

  private static String key(long seed, int i) {
    return new UUID(seed, i).toString();
  }
}
