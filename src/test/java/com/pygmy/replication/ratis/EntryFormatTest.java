package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.ratis.EntryFormat.Unreadable;
import com.pygmy.replication.ratis.EntryFormat.Written;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EntryFormatTest {
  private static final Written ENTRY =
      new Written(
          7,
          1_700_000_000_123L,
          new UUID(0x0123456789abcdefL, 0x8edcba9876543210L),
          42,
          List.of(
              "first".getBytes(StandardCharsets.UTF_8),
              new byte[0],
              "dritte Zeile, ä".getBytes(StandardCharsets.UTF_8)));

  @Test
  void readsAnEntryStoredByVersion1() throws IOException {
    Written read = EntryFormat.decode(ByteBuffer.wrap(stored()));
    assertEquals(7, read.admittedTerm());
    assertEquals(1_700_000_000_123L, read.at());
    assertEquals(ENTRY.proposer(), read.proposer());
    assertEquals(42, read.sequence());
    assertEquals(3, read.commands().size());
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(ENTRY.commands().get(i), read.commands().get(i));
    }
  }

  @Test
  void writesWhatVersion1Wrote() throws IOException {
    assertArrayEquals(stored(), EntryFormat.encode(ENTRY));
  }

  private static byte[] stored() throws IOException {
    try (InputStream in = EntryFormatTest.class.getResourceAsStream("entry-v1.hex")) {
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
  }

  @Test
  void refusesANewerVersion() {
    byte[] bytes = EntryFormat.encode(ENTRY);
    bytes[0] = 2;
    Unreadable refused =
        assertThrows(Unreadable.class, () -> EntryFormat.decode(ByteBuffer.wrap(bytes)));
    assertTrue(refused.getMessage().contains("newer"), refused.getMessage());
  }

  @Test
  void refusesEveryEntryThatIsCutOffOrTooLong() {
    byte[] bytes = EntryFormat.encode(ENTRY);
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
      assertThrows(Unreadable.class, () -> EntryFormat.decode(cut), "cut at " + length);
    }
    ByteBuffer longer = ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 1));
    assertThrows(Unreadable.class, () -> EntryFormat.decode(longer));
  }
}
