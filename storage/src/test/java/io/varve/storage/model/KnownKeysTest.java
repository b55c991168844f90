package io.varve.storage.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KnownKeysTest {
  private static final long SEED = Long.getLong("varve.seed", 20_261_121L);

  private final KnownKeys keys = new KnownKeys();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private int find(String text) {
    byte[] line = bytes("xx" + text + " v=1");
    return keys.find(line, 2, line.length);
  }

  private int add(String text, String key) {
    byte[] line = bytes("xx" + text + " v=1");
    return keys.add(line, 2, 2 + bytes(text).length, bytes(key), bytes(key).length);
  }

  private String key(int number) {
    int at = keys.keyOffset(number);
    byte[] key = Arrays.copyOfRange(keys.bytes(), at, at + keys.keyLength(number));
    return new String(key, StandardCharsets.UTF_8);
  }

  @Test
  void findsTextsInAnyOrder() {
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      String text = "m,host=" + random.nextInt(2_000);
      Integer number = numbers.get(text);
      if (number == null) {
        assertThat(find(text)).as("seed %d, %s", SEED, text).isEqualTo(KnownKeys.UNKNOWN);
        int added = add(text, "key of " + text);
        assertThat(key(added)).isEqualTo("key of " + text);
        assertThat(keys.textLength(added)).isEqualTo(text.length());
        numbers.put(text, added);
      } else {
        assertThat(find(text)).as("seed %d, %s", SEED, text).isEqualTo(number);
      }
    }
  }

  @Test
  void takesNoPartOfATextForIt() {
    int number = add("m,a=1", "k");
    assertThat(find("m,a=1")).isEqualTo(number);
    assertThat(find("m,a=12")).isEqualTo(KnownKeys.UNKNOWN);
    assertThat(find("m,a=")).isEqualTo(KnownKeys.UNKNOWN);
    assertThat(find("m,a=1\\ ")).isEqualTo(KnownKeys.UNKNOWN);
    byte[] cut = bytes("m,a=1");
    assertThat(keys.find(cut, 0, cut.length)).isEqualTo(KnownKeys.UNKNOWN);
  }

  @Test
  void forgetsSeriesIdsWithTheIndex() {
    int number = add("m,a=1", "k");
    keys.useIndex(7);
    assertThat(keys.seriesId(number)).isEqualTo(KnownKeys.UNKNOWN);
    keys.setSeriesId(number, 12);
    keys.useIndex(7);
    assertThat(keys.seriesId(number)).isEqualTo(12);
    keys.useIndex(8);
    assertThat(keys.seriesId(number)).isEqualTo(KnownKeys.UNKNOWN);
  }

  @Test
  void startsAnewWhenFullIfItWasOfUse() {
    for (int i = 0; i <= KnownKeys.MAX_KEYS; i++) {
      add("m,host=" + i, "k");
    }
    assertThat(find("m,host=" + KnownKeys.MAX_KEYS)).isEqualTo(KnownKeys.UNKNOWN);
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < KnownKeys.MAX_KEYS; i++) {
        find("m,host=" + i);
      }
    }
    keys.beginBatch();
    assertThat(find("m,host=1")).isEqualTo(KnownKeys.UNKNOWN);
    int number = add("m,host=1", "k");
    assertThat(find("m,host=1")).isEqualTo(number);
  }

  @Test
  void givesUpWhenFullAndOfNoUse() {
    byte[] long_ = new byte[60_000];
    Arrays.fill(long_, (byte) 'x');
    String key = new String(long_, StandardCharsets.UTF_8);
    for (int i = 0; i < 200; i++) {
      add("m,host=" + i, key);
      assertThat(keys.heapBytes()).isLessThan(KnownKeys.MAX_BYTES * 2L);
    }
    keys.beginBatch();
    assertThat(add("m,host=1", "k")).isEqualTo(KnownKeys.UNKNOWN);
    assertThat(find("m,host=1")).isEqualTo(KnownKeys.UNKNOWN);
    assertThat(keys.heapBytes()).isLessThan(100_000);
  }
}
