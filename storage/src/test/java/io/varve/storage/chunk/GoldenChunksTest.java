package io.varve.storage.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.FieldType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Chunks written by released versions, kept for ever: {@code chunks-v1.txt} is never written again.
 * Each is a paragraph of lines "key value"; values are 64 bits in hex, UTF-8 bytes in hex, or "-".
 */
class GoldenChunksTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void readsChunksOfVersion1() throws IOException {
    String text;
    try (InputStream in = GoldenChunksTest.class.getResourceAsStream("chunks-v1.txt")) {
      text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    int count = 0;
    for (String paragraph : text.strip().split("\n\n", -1)) {
      check(paragraph);
      count++;
    }
    assertThat(count).isEqualTo(30);
  }

  private static void check(String paragraph) {
    String name = value(paragraph, "name");
    String[] times = value(paragraph, "times").split(" ", -1);
    byte[] bytes = HEX.parseHex(value(paragraph, "bytes"));
    Chunk chunk = new Chunk();
    chunk.open(
        bytes, 0, bytes.length, Long.parseLong(times[0]), Long.parseLong(value(paragraph, "salt")));
    assertThat(chunk.rowCount()).as(name).isEqualTo(times.length);
    assertThat(chunk.lastTimestampNanos())
        .as(name)
        .isEqualTo(Long.parseLong(times[times.length - 1]));
    if (chunk.hasInlineTimes()) {
      long[] decoded = new long[times.length];
      chunk.decodeTimes(decoded);
      for (int i = 0; i < times.length; i++) {
        assertThat(decoded[i]).as(name).isEqualTo(Long.parseLong(times[i]));
      }
    }
    String type = value(paragraph, "type");
    assertThat(chunk.isTimeChunk()).as(name).isEqualTo(type.equals("times"));
    if (!chunk.isTimeChunk()) {
      assertThat(chunk.type()).as(name).isEqualTo(FieldType.valueOf(type.toUpperCase(Locale.ROOT)));
      assertThat(String.join(" ", decode(chunk))).as(name).isEqualTo(value(paragraph, "values"));
    }
  }

  static List<String> decode(Chunk chunk) {
    int rowCount = chunk.rowCount();
    double[] doubles = new double[rowCount];
    long[] longs = new long[rowCount];
    byte[][] strings = new byte[rowCount][];
    switch (chunk.type()) {
      case FLOAT -> chunk.decodeDoubles(doubles);
      case STRING -> chunk.decodeStrings(strings);
      default -> chunk.decodeLongs(longs);
    }
    long[] presence = chunk.presence();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < rowCount; i++) {
      if (presence != null && !Presence.has(presence, i)) {
        values.add("-");
      } else {
        values.add(
            switch (chunk.type()) {
              case FLOAT -> HEX.toHexDigits(Double.doubleToRawLongBits(doubles[i]));
              case STRING -> HEX.formatHex(strings[i]);
              default -> HEX.toHexDigits(longs[i]);
            });
      }
    }
    return values;
  }

  private static String value(String paragraph, String key) {
    for (String line : paragraph.split("\n", -1)) {
      if (line.startsWith(key + " ")) {
        return line.substring(key.length() + 1);
      }
    }
    throw new AssertionError("no " + key + " in " + paragraph);
  }

  @Test
  void readsTheExampleOfTheFormatDescription() throws IOException {
    String page = Files.readString(Path.of("../docs/format/chunk.md"));
    int start = page.indexOf("```hex\n") + 7;
    StringBuilder hex = new StringBuilder();
    for (String line : page.substring(start, page.indexOf("```", start)).split("\n", -1)) {
      hex.append(line.replaceAll(";.*", "").replace(" ", ""));
    }
    byte[] bytes = HEX.parseHex(hex);
    Chunk chunk = new Chunk();
    chunk.open(bytes, 0, bytes.length, 1_700_000_000_000_000_000L, 0x0123_4567_89ab_cdefL);
    double[] values = new double[6];
    chunk.decodeDoubles(values);
    assertThat(values).containsExactly(20.5, 20.7, 20.6, 20.6, 20.8, 21.1);
    long[] times = new long[6];
    chunk.decodeTimes(times);
    assertThat(times[5]).isEqualTo(1_700_000_050_000_000_000L);
    assertThat(Objects.requireNonNull(chunk.stats()).sumBits())
        .isEqualTo(Double.doubleToRawLongBits(124.3));
  }
}
