package io.varve.query.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.SeriesKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Labels with the metric's name apart against plain sorted maps. */
class LabelsTest {
  private static final String[] NAMES = {"A", "_", "__name__", "__type__", "a", "b", "\u00e9"};

  @Test
  void behavesLikeSortedMap() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 3_000; i++) {
      Map<String, String> left = randomMap(random);
      Map<String, String> right = random.nextBoolean() ? randomMap(random) : left;
      String name = NAMES[random.nextInt(NAMES.length)];
      String value = random.nextBoolean() ? "" : "x" + random.nextInt(2);
      Labels labels = Labels.of(left);
      String seedText = "-Dvarve.seed=" + seed;
      assertThat(pairs(labels)).as(seedText).isEqualTo(pairs(left));
      assertThat(labels.equals(Labels.of(right))).as(seedText).isEqualTo(left.equals(right));
      assertThat(Integer.signum(labels.compareTo(Labels.of(right))))
          .as(seedText)
          .isEqualTo(compare(pairs(left), pairs(right)));
      Map<String, String> changed = new TreeMap<>(SeriesKey::compareUtf8);
      changed.putAll(left);
      changed.put(name, value);
      changed.values().removeIf(String::isEmpty);
      check(labels.with(name, value), changed, seedText);
      List<String> some = List.of(name, NAMES[random.nextInt(NAMES.length)]);
      Map<String, String> only = new TreeMap<>(SeriesKey::compareUtf8);
      only.putAll(left);
      only.keySet().retainAll(some);
      check(labels.only(some), only, seedText);
      Map<String, String> without = new TreeMap<>(SeriesKey::compareUtf8);
      without.putAll(left);
      without.keySet().removeAll(some);
      check(labels.without(some), without, seedText);
      Map<String, String> nameless = new TreeMap<>(SeriesKey::compareUtf8);
      nameless.putAll(left);
      nameless.keySet().removeAll(List.of("__name__", "__type__"));
      check(labels.withoutName(), nameless, seedText);
      check(Labels.ofTags(SeriesKey.of("m", left), labels), left, seedText);
    }
  }

  private static void check(Labels labels, Map<String, String> expected, String seedText) {
    assertThat(pairs(labels)).as(seedText).isEqualTo(pairs(expected));
    assertThat(labels).as(seedText).isEqualTo(Labels.of(expected));
    assertThat(labels.hashCode()).as(seedText).isEqualTo(Labels.of(expected).hashCode());
  }

  private static Map<String, String> randomMap(SplittableRandom random) {
    Map<String, String> map = new TreeMap<>(SeriesKey::compareUtf8);
    for (String name : NAMES) {
      if (random.nextBoolean()) {
        map.put(name, "x" + random.nextInt(2));
      }
    }
    return map;
  }

  private static List<String> pairs(Map<String, String> map) {
    List<String> pairs = new ArrayList<>();
    map.forEach(
        (name, value) -> {
          pairs.add(name);
          pairs.add(value);
        });
    return pairs;
  }

  private static List<String> pairs(Labels labels) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      pairs.add(labels.name(i));
      pairs.add(labels.value(i));
    }
    for (int i = 0; i < labels.size(); i++) {
      assertThat(labels.get(labels.name(i))).isEqualTo(labels.value(i));
    }
    return pairs;
  }

  private static int compare(List<String> left, List<String> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = SeriesKey.compareUtf8(left.get(i), right.get(i));
      if (order != 0) {
        return Integer.signum(order);
      }
    }
    return Integer.compare(left.size(), right.size());
  }
}
