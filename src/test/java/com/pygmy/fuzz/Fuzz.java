package com.pygmy.fuzz;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.HexFormat;
import java.util.Random;
import java.util.function.Supplier;

/**
 * How much is fuzzed, and with what seed. {@code -Dpygmy.fuzz.factor=20} tries twenty times as many
 * inputs, {@code -Dpygmy.seed=N} others.
 */
public final class Fuzz {

  private static final String USUAL_SEED = "20";

  private Fuzz() {}

  public static long seed() {
    String given = System.getProperty("pygmy.seed", "");
    return Long.parseLong(given.isBlank() ? USUAL_SEED : given.strip());
  }

  public static Random random() {
    return new Random(seed());
  }

  /** So many inputs, unless more were asked for. */
  public static int inputs(int usual) {
    return Math.multiplyExact(usual, Integer.getInteger("pygmy.fuzz.factor", 1));
  }

  /** Reads something, and finds nothing wrong with it. */
  public interface Reader {
    /**
     * Reads.
     *
     * @return whether it was valid
     */
    boolean read(byte[] bytes);
  }

  /**
   * Has the reader read so many inputs: it may find them valid or not, nothing else.
   *
   * @return how many were valid
   */
  public static int run(int usual, Supplier<byte[]> inputs, Reader reader) {
    int valid = 0;
    for (int i = inputs(usual); i > 0; i--) {
      byte[] bytes = inputs.get();
      try {
        valid += reader.read(bytes) ? 1 : 0;
      } catch (RuntimeException | Error surprise) {
        String shown = HexFormat.of().formatHex(bytes);
        fail("-Dpygmy.seed=" + seed() + ", bytes " + shown, surprise);
      }
    }
    return valid;
  }
}
