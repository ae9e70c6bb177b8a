package com.pygmy.config;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Constants as the conf file writes them: {@code LOCAL_FIRST} is {@code local-first}. */
final class Labels {

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static List<String> of(Enum<?>[] constants) {
    return Stream.of(constants).map(Labels::of).toList();
  }

  static <E extends Enum<E>> E constant(Class<E> type, String label) {
    return Enum.valueOf(type, label.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private Labels() {}
}
