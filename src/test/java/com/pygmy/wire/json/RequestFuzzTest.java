package com.pygmy.wire.json;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.fuzz.Fuzz;
import com.pygmy.fuzz.Mutator;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Any bytes are a request, or are refused with reasons: nothing else. */
class RequestFuzzTest {

  private static final int INPUTS = 3_000;

  private static final List<String> BODIES =
      List.of(
          "{\"items\":[{\"book\":1,\"quantity\":1},{\"book\":2,\"quantity\":3}],\"customer\":\"Ada\"}",
          "{\"priceCents\":1,\"stock\":2,\"title\":\"t\\u00e4\",\"topic\":\"a\",\"author\":\"b\"}",
          "{\"quantity\":3}",
          "{\"id\":5,\"title\":\"t\",\"author\":\"a\",\"topic\":\"t\",\"priceCents\":1,\"stock\":1}",
          "{\"items\":[{\"title\":\"t\",\"author\":\"a\",\"topic\":\"t\",\"priceCents\":1,\"stock\":1}],"
              + "\"update\":true}");

  enum Body {
    PURCHASE,
    REVISION,
    RESTOCK,
    ADDITION
  }

  private final Random random = Fuzz.random();
  private final Mutator mutator = new Mutator(random);

  @ParameterizedTest
  @EnumSource
  void anyBytesAreARequestOrRefused(Body body) {
    int valid = Fuzz.run(INPUTS, this::input, bytes -> isValid(body, bytes));
    assertTrue(valid > 0 && valid < Fuzz.inputs(INPUTS), valid + " were valid");
  }

  private byte[] input() {
    byte[] body = BODIES.get(random.nextInt(BODIES.size())).getBytes(StandardCharsets.UTF_8);
    return random.nextInt(20) == 0 ? mutator.noise(200) : mutator.mutant(body);
  }

  private static boolean isValid(Body body, byte[] bytes) {
    Buffer buffer = Buffer.buffer(bytes);
    Parsed<?> parsed =
        switch (body) {
          case PURCHASE -> RequestJson.purchase(buffer);
          case REVISION -> RequestJson.revision(buffer);
          case RESTOCK -> RequestJson.restock(buffer);
          case ADDITION -> RequestJson.addition(buffer);
        };
    if (parsed instanceof Parsed.Invalid<?> invalid) {
      assertFalse(invalid.errors().isEmpty());
    }
    return parsed instanceof Parsed.Valid<?>;
  }
}
