package com.pygmy.wire;

import com.pygmy.domain.BookId;
import com.pygmy.domain.Limits;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Values of any record, enumeration or sealed interface, at random: so a message type that is added
 * is tested too. What a constructor refuses is made again.
 */
public final class RandomMessages {

  private static final int MOST_ELEMENTS = 5;
  private static final int MOST_ATTEMPTS = 10_000;
  private static final String LETTERS = "aZ09 -_.,'äß€語\uD83D\uDCD6";

  private static final Set<String> KEYS = Set.of("key", "storeId", "parentStoreId", "base");

  private final Random random;

  public RandomMessages(Random random) {
    this.random = random;
  }

  public Message next() {
    Class<?>[] types = Message.class.getPermittedSubclasses();
    return (Message) of(types[random.nextInt(types.length)], "");
  }

  Object of(Type type, String name) {
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return random.nextBoolean() ? Optional.of(of(element, name)) : Optional.empty();
      }
      List<Object> values = new ArrayList<>();
      for (int i = random.nextInt(MOST_ELEMENTS); i > 0; i--) {
        values.add(of(element, name));
      }
      return generic.getRawType() == Set.class ? new HashSet<>(values) : values;
    }
    return of((Class<?>) type, name);
  }

  private Object of(Class<?> type, String name) {
    if (type == BookId.class) {
      return new BookId(1 + random.nextInt(Limits.MAX_BOOK_ID));
    } else if (type == String.class) {
      return KEYS.contains(name) ? key() : text();
    } else if (type == Buffer.class) {
      return Buffer.buffer(text());
    } else if (type == boolean.class) {
      return random.nextBoolean();
    } else if (type == int.class || type == Integer.class) {
      return (int) number(name, Integer.MAX_VALUE);
    } else if (type == long.class || type == Long.class) {
      return number(name, Long.MAX_VALUE);
    } else if (type.isEnum()) {
      return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
    } else if (type.isSealed()) {
      Class<?>[] kinds = type.getPermittedSubclasses();
      return of(kinds[random.nextInt(kinds.length)], name);
    } else if (type.isRecord()) {
      return record(type);
    }
    throw new IllegalStateException("cannot make a " + type);
  }

  private Object record(Class<?> type) {
    RecordComponent[] parts = type.getRecordComponents();
    Class<?>[] types = new Class<?>[parts.length];
    for (int i = 0; i < parts.length; i++) {
      types[i] = parts[i].getType();
    }
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Object[] values = new Object[parts.length];
      for (int i = 0; i < parts.length; i++) {
        values[i] = of(parts[i].getGenericType(), parts[i].getName());
      }
      try {
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        return constructor.newInstance(values);
      } catch (InvocationTargetException refused) {
        if (!(refused.getCause() instanceof IllegalArgumentException)) {
          throw new IllegalStateException(refused);
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException("no acceptable " + type);
  }

  private long number(String name, long most) {
    return switch (name) {
      case "quantity", "version", "number" -> 1 + random.nextInt(1_000);
      case "stock",
          "initialStock",
          "level",
          "onlyIfStockAtMost",
          "restocked",
          "sold",
          "priceCents" ->
          random.nextInt(1_000);
      default ->
          switch (random.nextInt(4)) {
            case 0 -> most;
            case 1 -> -most - 1;
            case 2 -> random.nextInt(200) - 100;
            default -> most == Integer.MAX_VALUE ? random.nextInt() : random.nextLong();
          };
    };
  }

  private String key() {
    StringBuilder key = new StringBuilder();
    for (int i = random.nextInt(Limits.MAX_KEY_CHARS); i >= 0; i--) {
      key.append((char) (0x21 + random.nextInt(0x7f - 0x21)));
    }
    return key.toString();
  }

  private String text() {
    int[] letters = LETTERS.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i >= 0; i--) {
      text.appendCodePoint(letters[random.nextInt(letters.length)]);
    }
    return text.toString();
  }
}
