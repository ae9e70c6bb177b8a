package com.pygmy.wire.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

  @Test
  void setsCommasBetweenMembersAndItems() {
    JsonWriter out = new JsonWriter().beginObject().number("a", 1);
    out.name("b").beginArray().endArray();
    out.array("c", List.of(1L, -2L), JsonWriter::number);
    out.name("d").beginObject().endObject();
    out.name("e").bool(true).name("f").nothing();
    assertEquals(
        "{\"a\":1,\"b\":[],\"c\":[1,-2],\"d\":{},\"e\":true,\"f\":null}",
        out.endObject().toBuffer().toString());
  }

  @Test
  void writesEveryBorderOfUtf8() {
    String borders =
        "\u0000\u001f \"\\/\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff";
    assertEquals(borders, roundTrip(borders));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "a\udc00b", "\udc00\ud800", "x\ud800"})
  void replacesHalfASurrogatePair(String text) {
    assertEquals(text.replace('\ud800', '\ufffd').replace('\udc00', '\ufffd'), roundTrip(text));
  }

  @Test
  void readsBackWhateverItWrote() {
    for (long seed = 1; seed <= 500; seed++) {
      Random chance = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int n = chance.nextInt(400); n > 0; n--) {
        int point = chance.nextInt(chance.nextBoolean() ? 0x80 : 0x110000);
        text.appendCodePoint(point >= 0xd800 && point < 0xe000 ? 'x' : point);
      }
      assertEquals(text.toString(), roundTrip(text.toString()), "seed " + seed);
    }
  }

  private static String roundTrip(String text) {
    byte[] bytes = new JsonWriter().beginObject().text("t", text).endObject().toBuffer().getBytes();
    return new JsonObject(new String(bytes, StandardCharsets.UTF_8)).getString("t");
  }
}
