package com.pygmy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NodeConfTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,http://127.0.0.1:8081",
    "shop.example,http://shop.example:8081",
    "0.0.0.0,http://127.0.0.1:8081",
    "::,http://127.0.0.1:8081",
    "::1,http://[::1]:8081"
  })
  void namesAUrlThatCanBeReached(String host, String url) {
    assertEquals(Optional.of(url), node(host, OptionalInt.of(8081), false).url());
    assertEquals(
        Optional.of(url.replace("http:", "https:")), node(host, OptionalInt.of(8081), true).url());
  }

  @Test
  void hasNoUrlWithoutAFrontend() {
    assertEquals(Optional.empty(), node("127.0.0.1", OptionalInt.empty(), true).url());
  }

  @Test
  void tellsClientsTheUrlOfTheConfWhichNobodyElseGoesBy() {
    NodeConf published = published(OptionalInt.of(8081));
    assertEquals(Optional.of("https://shop.example"), published.toldUrl());
    assertEquals(Optional.of("http://n1:8081"), published.url());
    assertEquals(Optional.empty(), published(OptionalInt.empty()).toldUrl());
    NodeConf plain = node("n1", OptionalInt.of(8081), false);
    assertEquals(plain.url(), plain.toldUrl());
  }

  private static NodeConf published(OptionalInt httpPort) {
    return new NodeConf(
        "n1",
        "n1",
        Set.of(),
        httpPort,
        OptionalInt.empty(),
        OptionalInt.empty(),
        0,
        false,
        Optional.of("https://shop.example"),
        OptionalInt.empty());
  }

  private static NodeConf node(String host, OptionalInt httpPort, boolean https) {
    return new NodeConf(
        "n1", host, Set.of(), httpPort, OptionalInt.empty(), OptionalInt.empty(), 0, https);
  }
}
