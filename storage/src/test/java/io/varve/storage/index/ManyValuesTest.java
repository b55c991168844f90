package io.varve.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagCardinality;
import io.varve.storage.model.TagPredicate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

/** What only happens with many values, many tags or long ones. */
class ManyValuesTest {
  private static final int HOSTS = 5_000;

  private final SeriesIndex index = new SeriesIndex(IndexLimits.NONE);

  private int add(SeriesKey key) {
    byte[] bytes = key.toBytes();
    return index.add(bytes, 0, bytes.length);
  }

  private void addHosts(int from, int to) {
    for (int host = from; host < to; host++) {
      Map<String, String> tags = new HashMap<>();
      tags.put("host", "host_" + host);
      tags.put("rack", Integer.toString(host % 500));
      tags.put("zone", Integer.toString(host % 3));
      if (host % 7 == 0) {
        tags.remove("host");
      }
      add(SeriesKey.of("m", tags));
    }
  }

  /** Compares with each key for itself. */
  private void assertThatSelectionAgrees(TagPredicate predicate, String rack, Pattern host) {
    RoaringBitmap expected = new RoaringBitmap();
    index
        .select("m", new TagPredicate.All())
        .forEach(
            (int id) -> {
              Map<String, String> tags = index.key(id).tags();
              if ((rack.isEmpty() || rack.equals(tags.get("rack")))
                  && host.matcher(tags.getOrDefault("host", "")).find()) {
                expected.add(id);
              }
            });
    assertThat(index.select("m", predicate)).as(predicate.toString()).isEqualTo(expected);
  }

  private void assertThatPatternsAgree() {
    for (String text :
        List.of("7$", "^host_1", "[02468]$", ".*", "^$", "^(|host_8)$", ".+", "nope")) {
      Pattern pattern = Pattern.compile(text);
      TagPredicate matches = new TagPredicate.Matches("host", pattern);
      for (int repeat = 0; repeat < 2; repeat++) {
        assertThatSelectionAgrees(matches, "", pattern);
        for (String rack : List.of("7", "499", "none")) {
          TagPredicate equals = new TagPredicate.Equals("rack", rack);
          assertThatSelectionAgrees(new TagPredicate.And(List.of(matches, equals)), rack, pattern);
          TagPredicate twice = new TagPredicate.Not(new TagPredicate.Not(matches));
          assertThatSelectionAgrees(new TagPredicate.And(List.of(equals, twice)), rack, pattern);
          TagPredicate either = new TagPredicate.Or(List.of(matches, new TagPredicate.None()));
          assertThatSelectionAgrees(new TagPredicate.And(List.of(equals, either)), rack, pattern);
        }
      }
    }
  }

  @Test
  void patternsAgreeWithEachKeyWhileSeriesComeAndGo() {
    addHosts(0, HOSTS / 2);
    assertThatPatternsAgree();
    addHosts(HOSTS / 2, HOSTS);
    assertThatPatternsAgree();
    index.remove(index.select("m", new TagPredicate.Equals("rack", "7")));
    index.remove(index.select("m", new TagPredicate.Equals("zone", "1")));
    assertThatPatternsAgree();
    assertThat(index.catalog().tagValues("m", "zone")).containsExactly("0", "2");
    assertThat(index.catalog().tagValueCount("m", "zone")).isEqualTo(2);
    addHosts(HOSTS, HOSTS + 100);
    assertThat(index.catalog().tagValues("m", "zone")).containsExactly("0", "1", "2");
    assertThatPatternsAgree();
  }

  @Test
  void countsValuesAndSeriesOfTags() {
    addHosts(0, 700);
    add(SeriesKey.of("n", Map.of("pod", "a")));
    assertThat(index.catalog().tagCardinalities("m"))
        .containsExactly(
            new TagCardinality("m", "host", 600, 600),
            new TagCardinality("m", "rack", 500, 700),
            new TagCardinality("m", "zone", 3, 700));
    assertThat(index.catalog().topTags(2))
        .extracting(TagCardinality::tagKey)
        .containsExactly("host", "rack");
    assertThat(index.catalog().topTags(9)).hasSize(4);
    index.remove(index.select("m", new TagPredicate.Equals("zone", "0")));
    assertThat(index.catalog().tagCardinalities("m").get(2))
        .isEqualTo(new TagCardinality("m", "zone", 2, 466));
    assertThat(index.catalog().tagCardinalities("nope")).isEmpty();
  }

  @Test
  void keepsKeysOfManyAndLongTags() {
    Map<String, String> tags = new TreeMap<>();
    Map<Integer, SeriesKey> keys = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      tags.put("key-" + i, "v".repeat(1 + i));
      SeriesKey key = SeriesKey.of(i % 2 == 0 ? "m" : "n".repeat(200), tags);
      keys.put(add(key), key);
    }
    Map<String, String> short4 = new TreeMap<>();
    for (int i = 0; i < 11_000; i++) {
      short4.put(Integer.toString(i, 36), "v");
    }
    SeriesKey wide = SeriesKey.of("m", short4);
    keys.put(add(wide), wide);
    keys.forEach(
        (id, key) -> {
          byte[] bytes = key.toBytes();
          assertThat(index.keyBytes(id)).isEqualTo(bytes);
          assertThat(index.find(bytes, 0, bytes.length)).isEqualTo(id);
          bytes[bytes.length - 1] ^= 1;
          assertThat(index.find(bytes, 0, bytes.length)).isEqualTo(SeriesIndex.NONE);
          assertThat(index.find(bytes, 0, bytes.length - 1)).isEqualTo(SeriesIndex.NONE);
        });
  }

  @Test
  void remembersAnswersWithinItsBound() {
    TagDictionary dictionary = new TagDictionary(0, new byte[] {'h'});
    for (int i = 0; i < 200_000; i++) {
      byte[] value = Integer.toString(i).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      dictionary.resolve(value, 0, value.length);
    }
    PatternMemo memo = new PatternMemo();
    for (int i = 0; i < 200; i++) {
      ValuePattern pattern = ValuePattern.of(Pattern.compile("[" + i + "]x?"));
      PatternMemo.Answers answers = memo.find(dictionary, pattern, dictionary.count());
      answers.test(pattern, dictionary, i);
      memo.save(dictionary, pattern, answers);
      assertThat(memo.bytes()).isLessThanOrEqualTo(PatternMemo.MAX_BYTES);
    }
    assertThat(memo.bytes()).isGreaterThan(PatternMemo.MAX_BYTES / 2);
  }

  @Test
  void limitsNewSeriesPerMinuteOfTheClock() {
    SeriesIndex limited = new SeriesIndex(new IndexLimits(0, 0, 2));
    long minute = 60_000_000_000L;
    limited.noteTime(5 * minute);
    byte[][] keys = new byte[4][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = SeriesKey.of("m", Map.of("host", "h" + i)).toBytes();
    }
    assertThat(limited.add(keys[0], 0, keys[0].length)).isNotEqualTo(SeriesIndex.NONE);
    limited.noteTime(6 * minute - 1);
    assertThat(limited.add(keys[1], 0, keys[1].length)).isNotEqualTo(SeriesIndex.NONE);
    assertThat(limited.add(keys[2], 0, keys[2].length)).isEqualTo(SeriesIndex.NONE);
    assertThat(limited.refusal())
        .isEqualTo(
            "max-new-series-per-minute limit exceeded (2): measurement=\"m\" tag=\"host\" has 2"
                + " values");
    limited.noteTime(6 * minute);
    assertThat(limited.add(keys[2], 0, keys[2].length)).isNotEqualTo(SeriesIndex.NONE);
    assertThat(limited.refused().byMaxNewSeriesPerMinute()).isEqualTo(1);
  }
}
