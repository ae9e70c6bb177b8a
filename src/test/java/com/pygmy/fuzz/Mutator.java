package com.pygmy.fuzz;

import java.util.Arrays;
import java.util.Random;

/** Bytes that were valid once: flipped, cut off, doubled, stretched, overwritten. Seeded. */
public final class Mutator {

  private static final int MOST_CHANGES = 4;
  private static final byte[][] TELLING = {
    {0},
    {-1},
    {127},
    {-128},
    {-1, -1, -1, -1},
    {127, -1, -1, -1},
    {'"'},
    {'{'},
    {'\\'},
    {0x0d, 0x0a}
  };

  private final Random random;

  public Mutator(Random random) {
    this.random = random;
  }

  /** One to four changes. */
  public byte[] mutant(byte[] bytes) {
    byte[] mutant = bytes;
    for (int i = random.nextInt(MOST_CHANGES); i >= 0; i--) {
      mutant = changed(mutant, random.nextInt(mutant.length + 1));
    }
    return mutant;
  }

  /** Bytes that were never valid. */
  public byte[] noise(int most) {
    byte[] noise = new byte[random.nextInt(most + 1)];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] changed(byte[] bytes, int at) {
    return switch (random.nextInt(6)) {
      case 0 -> flipped(bytes, at);
      case 1 -> Arrays.copyOf(bytes, at);
      case 2 -> spliced(bytes, at, bytes, random.nextInt(bytes.length + 1));
      case 3 -> spliced(bytes, at, TELLING[random.nextInt(TELLING.length)], 0);
      case 4 -> inserted(bytes, at, TELLING[random.nextInt(TELLING.length)]);
      default -> set(bytes, at);
    };
  }

  private byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    if (at < flipped.length) {
      flipped[at] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private byte[] set(byte[] bytes, int at) {
    byte[] set = bytes.clone();
    if (at < set.length) {
      set[at] = (byte) random.nextInt();
    }
    return set;
  }

  private static byte[] inserted(byte[] bytes, int at, byte[] more) {
    byte[] front = spliced(bytes, at, more, 0);
    return spliced(front, front.length, bytes, at);
  }

  private static byte[] spliced(byte[] head, int upTo, byte[] tail, int from) {
    byte[] spliced = Arrays.copyOf(head, upTo + tail.length - from);
    System.arraycopy(tail, from, spliced, upTo, tail.length - from);
    return spliced;
  }
}
