package io.varve.query.promql.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Numbers, replacements and orders of texts. */
class TextTest {
  private record Match(List<String> numbered, Map<String, String> named)
      implements GroupTemplate.Groups {
    @Override
    public @Nullable String byNumber(int number) {
      return number < numbered.size() ? numbered.get(number) : null;
    }

    @Override
    public @Nullable String byName(String name) {
      return named.get(name);
    }
  }

  private static String expand(String template) {
    Match match = new Match(List.of("all", "one", "two"), Map.of("name", "n", "1x", "odd"));
    return new GroupTemplate(template).expand(match);
  }

  @Test
  void expandsGroups() {
    assertThat(expand("$1-${2}$0")).isEqualTo("one-twoall");
    assertThat(expand("$name.${name}x$namex")).isEqualTo("n.nx");
    assertThat(expand("plain")).isEqualTo("plain");
    assertThat(expand("")).isEmpty();
  }

  @Test
  void takesTheLongestName() {
    assertThat(expand("$1x")).isEqualTo("odd");
    assertThat(expand("${1}x")).isEqualTo("onex");
    assertThat(expand("$1_$2é")).isEmpty();
  }

  @Test
  void unknownGroupsAreEmpty() {
    assertThat(expand("a$3b$nob${none}c$01d$99999999999e")).isEqualTo("ac");
    assertThat(expand("a${3}b${01}c${99999999999}d")).isEqualTo("abcd");
  }

  @Test
  void dollarsWithoutANameStay() {
    assertThat(expand("$$1")).isEqualTo("$1");
    assertThat(expand("a$")).isEqualTo("a$");
    assertThat(expand("$-")).isEqualTo("$-");
    assertThat(expand("${1")).isEqualTo("${1");
    assertThat(expand("${}")).isEqualTo("${}");
    assertThat(expand("${a b}")).isEqualTo("${a b}");
  }

  @Test
  void printsNumbersAsGo() {
    assertThat(GoNumber.plain(1e21)).isEqualTo("1000000000000000000000");
    assertThat(GoNumber.plain(1e-7)).isEqualTo("0.0000001");
    assertThat(GoNumber.plain(2.0E-3)).isEqualTo("0.002");
    assertThat(GoNumber.plain(-0.0)).isEqualTo("-0");
    assertThat(GoNumber.plain(Double.NaN)).isEqualTo("NaN");
    assertThat(GoNumber.plain(Double.NEGATIVE_INFINITY)).isEqualTo("-Inf");
    assertThat(GoNumber.json(Double.POSITIVE_INFINITY)).isEqualTo("+Inf");
    assertThat(GoNumber.json(1e21)).isEqualTo("1e+21");
    assertThat(GoNumber.json(1e20)).isEqualTo("100000000000000000000");
    assertThat(GoNumber.json(-1.25e-7)).isEqualTo("-1.25e-07");
    assertThat(GoNumber.json(1e-6)).isEqualTo("0.000001");
    assertThat(GoNumber.json(1.5e300)).isEqualTo("1.5e+300");
    assertThat(GoNumber.json(0)).isEqualTo("0");
    assertThat(GoNumber.json(123.456)).isEqualTo("123.456");
    assertThat(GoNumber.general(0.00001)).isEqualTo("1e-05");
    assertThat(GoNumber.general(0.0001)).isEqualTo("0.0001");
    assertThat(GoNumber.general(123_456)).isEqualTo("123456");
    assertThat(GoNumber.general(1e20)).isEqualTo("1e+20");
    assertThat(GoNumber.general(123_456_789)).isEqualTo("1.23456789e+08");
    assertThat(GoNumber.openMetrics(0)).isEqualTo("0.0");
    assertThat(GoNumber.openMetrics(0.25)).isEqualTo("0.25");
    assertThat(GoNumber.openMetrics(-3)).isEqualTo("-3.0");
    assertThat(GoNumber.openMetrics(1e6)).isEqualTo("1e+06");
    assertThat(GoNumber.openMetrics(Double.NEGATIVE_INFINITY)).isEqualTo("-Inf");
  }

  @Test
  void everyTextReadsBackAsItsNumber() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.parseDouble(GoNumber.plain(value)))
            .as("-Dvarve.seed=%d", seed)
            .isEqualTo(value);
        assertThat(Double.parseDouble(GoNumber.json(value)))
            .as("-Dvarve.seed=%d", seed)
            .isEqualTo(value);
      }
    }
  }

  @Test
  void naturalOrderComparesNumbers() {
    List<String> ordered =
        List.of(
            "",
            "1",
            "2",
            "10",
            "10a",
            "a",
            "a1",
            "a2",
            "a2b",
            "a10",
            "a10b1",
            "a10b02",
            "a10b10",
            "a99999999999999999999",
            "a100000000000000000000",
            "b");
    List<String> shuffled = new ArrayList<>(ordered);
    Collections.shuffle(shuffled, new Random(1));
    shuffled.sort(TextOrder::compareNatural);
    assertThat(shuffled).isEqualTo(ordered);
    assertThat(TextOrder.compareNatural("a01", "a1")).isZero();
  }
}
