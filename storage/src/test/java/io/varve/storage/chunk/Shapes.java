package io.varve.storage.chunk;

import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/** Generators of the columns and time lines that metrics, and their enemies, are made of. */
final class Shapes {
  /** Fills n 64-bit values. */
  interface Longs {
    long[] make(SplittableRandom random, int count);
  }

  private static final long[] EXTREMES = {
    0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE + 1, 1L << 62, -256
  };

  private static final double[] SPECIALS = {
    0.0,
    -0.0,
    Double.NaN,
    Double.longBitsToDouble(0x7ff0000000000002L),
    Double.longBitsToDouble(0xfff8123456789abcL),
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    Double.MAX_VALUE,
    0x1p51,
    0x1p51 - 1,
    -0x1p51,
    0x1p53,
    9007199254740994.0,
    1e22,
    0.1 + 0.2
  };

  private Shapes() {}

  static long[] equalSteps(int count) {
    return stepped(1_700_000_000_000_000_000L, 10_000_000_000L, count);
  }

  static long[] irregularTimes(SplittableRandom random, int count) {
    return walk(count, -77, i -> random.nextLong(1, 1L << 40));
  }

  /** Strictly ascending time lines. */
  static Map<String, Longs> times() {
    Map<String, Longs> shapes = new LinkedHashMap<>();
    shapes.put("constant step", (r, n) -> equalSteps(n));
    shapes.put("one nanosecond", (r, n) -> stepped(Long.MIN_VALUE, 1, n));
    shapes.put(
        "jittered seconds",
        (r, n) -> {
          long[] times = stepped(1_700_000_000_000_000_000L, 15_000_000_000L, n);
          for (int i = 0; i < n; i++) {
            times[i] += 1_000_000L * r.nextInt(-20, 20);
          }
          return times;
        });
    shapes.put("missing rows", (r, n) -> walk(n, 0, i -> 10_000_000_000L * r.nextInt(1, 4)));
    shapes.put("irregular", Shapes::irregularTimes);
    shapes.put("accelerating", (r, n) -> walk(n, 5, i -> 1000L + 1_000_003L * i));
    shapes.put(
        "whole of int64",
        (r, n) -> {
          long[] times = new long[n];
          for (int i = 0; i < n; i++) {
            times[i] = Long.MIN_VALUE + i;
            if (i > n / 2) {
              times[i] = Long.MAX_VALUE - (n - 1 - i);
            }
          }
          return times;
        });
    shapes.put(
        "half of int64",
        (r, n) -> walk(n, Long.MIN_VALUE, i -> (1L << 53) + 1 + r.nextLong(1L << 52)));
    return shapes;
  }

  static Map<String, Longs> integers() {
    Map<String, Longs> shapes = new LinkedHashMap<>();
    shapes.put("constant", (r, n) -> walk(n, r.nextLong(), i -> 0L));
    shapes.put("linear", (r, n) -> walk(n, 17, i -> 3000L));
    shapes.put("small uniform", (r, n) -> fill(n, i -> r.nextLong(0, 11)));
    shapes.put("slow walk", (r, n) -> walk(n, 50, i -> (long) Math.rint(r.nextDouble() * 4 - 2)));
    shapes.put(
        "byte counter",
        (r, n) -> walk(n, 123_456_789_012L, i -> (long) Math.exp(r.nextDouble() * 14)));
    shapes.put("pages", (r, n) -> walk(n, 1L << 33, i -> 4096L * r.nextLong(-30, 30)));
    shapes.put("odd factor", (r, n) -> fill(n, i -> 7 + 300L * r.nextLong(0, 1000)));
    shapes.put(
        "late odd value",
        (r, n) ->
            fill(
                n,
                i ->
                    i == n - 1
                        ? 30_000_001L
                        : i == n / 2 ? 50_000L : 100_000L * r.nextLong(0, 200)));
    shapes.put(
        "counter reset",
        (r, n) -> {
          long[] v = walk(n, 1L << 44, i -> r.nextLong(0, 12));
          for (int i = n / 2; i < n; i++) {
            v[i] -= v[n / 2];
          }
          return v;
        });
    shapes.put(
        "spike", (r, n) -> fill(n, i -> i == n / 3 ? Long.MIN_VALUE : 100 + r.nextLong(0, 3)));
    shapes.put("quadratic", (r, n) -> fill(n, i -> 999L * i * i * i + r.nextLong(0, 2)));
    shapes.put("grid", (r, n) -> fill(n, i -> 1_000_003L * i + r.nextLong(0, 16)));
    shapes.put(
        "enumeration",
        (r, n) -> {
          long[] set = fill(9, i -> r.nextLong());
          return fill(n, i -> set[r.nextInt(9)]);
        });
    shapes.put(
        "long runs",
        (r, n) -> {
          long[] set = fill(64, i -> r.nextLong());
          return fill(n, i -> set[i / 100]);
        });
    shapes.put("extremes", (r, n) -> fill(n, i -> EXTREMES[r.nextInt(EXTREMES.length)]));
    shapes.put(
        "alternating extremes",
        (r, n) -> fill(n, i -> i % 2 == 0 ? Long.MIN_VALUE : Long.MAX_VALUE));
    shapes.put("noise", (r, n) -> fill(n, i -> r.nextLong()));
    for (int width = 1; width < 63; width++) {
      long bound = 1L << width;
      shapes.put("noise of " + width + " bits", (r, n) -> fill(n, i -> r.nextLong(0, bound)));
    }
    return shapes;
  }

  static Map<String, Longs> doubles() {
    Map<String, Longs> shapes = new LinkedHashMap<>();
    shapes.put("constant", (r, n) -> bits(n, i -> 99.9));
    shapes.put("whole numbers", (r, n) -> bits(n, i -> r.nextInt(0, 101)));
    for (int k = 1; k <= 14; k++) {
      double power = Math.pow(10, k);
      shapes.put(
          k + " decimals", (r, n) -> bits(n, i -> Math.rint(r.nextDouble() * power) / power));
    }
    shapes.put("big with decimals", (r, n) -> bits(n, i -> (1e12 + r.nextInt(0, 100_000)) / 100));
    shapes.put("negative steps", (r, n) -> bits(n, i -> -0.25 * i));
    shapes.put(
        "stale markers",
        (r, n) ->
            bits(n, i -> i % 40 == 7 ? SPECIALS[r.nextInt(1, 7)] : r.nextInt(0, 1000) / 10.0));
    shapes.put(
        "exception first and last",
        (r, n) -> bits(n, i -> i == 0 || i == n - 1 ? Double.NaN : r.nextInt(0, 1000) / 10.0));
    shapes.put(
        "few with many digits",
        (r, n) -> bits(n, i -> i % 50 == 49 ? r.nextDouble() : r.nextInt(0, 1000) / 10.0));
    shapes.put("full precision", (r, n) -> bits(n, i -> 20 + r.nextDouble()));
    shapes.put("from float32", (r, n) -> bits(n, i -> (double) (float) (20 + r.nextDouble())));
    shapes.put("any bits", (r, n) -> fill(n, i -> r.nextLong()));
    shapes.put("specials", (r, n) -> bits(n, i -> SPECIALS[r.nextInt(SPECIALS.length)]));
    shapes.put("all stale", (r, n) -> bits(n, i -> Double.longBitsToDouble(0x7ff0000000000002L)));
    shapes.put("negative zero", (r, n) -> bits(n, i -> -0.0));
    shapes.put("subnormals", (r, n) -> fill(n, i -> r.nextLong(0, 1L << 52)));
    shapes.put("limit", (r, n) -> bits(n, i -> 0x1p51 + r.nextInt(-3, 4)));
    shapes.put("huge sum", (r, n) -> bits(n, i -> (0x1p51 - 1 - r.nextInt(0, 9)) / 100));
    return shapes;
  }

  static Map<String, byte[][]> strings(SplittableRandom random, int count) {
    Map<String, byte[][]> shapes = new LinkedHashMap<>();
    shapes.put("one text", texts(count, i -> "running"));
    shapes.put("few texts", texts(count, i -> "state-" + random.nextInt(5)));
    shapes.put("all different", texts(count, i -> "request " + i + " " + random.nextLong()));
    shapes.put("empty", texts(count, i -> ""));
    shapes.put("of every length", texts(count, i -> "ü".repeat(random.nextInt(0, 200))));
    shapes.put(
        "a long one",
        texts(count, i -> i == 0 ? "x".repeat(PointBatch.MAX_STRING_BYTES) : "y" + i));
    return shapes;
  }

  /** A name for messages with a column of every type and shape. */
  static List<ColumnData> columns(SplittableRandom random, int count) {
    List<ColumnData> columns = new ArrayList<>();
    integers()
        .forEach(
            (name, shape) -> {
              columns.add(column(FieldType.INTEGER, shape.make(random, count)));
              columns.add(column(FieldType.UNSIGNED, shape.make(random, count)));
            });
    doubles()
        .forEach((name, shape) -> columns.add(column(FieldType.FLOAT, shape.make(random, count))));
    columns.add(column(FieldType.BOOLEAN, fill(count, i -> random.nextInt(2))));
    columns.add(column(FieldType.BOOLEAN, fill(count, i -> i < count / 2 ? 1 : 0)));
    strings(random, count)
        .forEach(
            (name, values) -> {
              ColumnData column = new ColumnData(1, FieldType.STRING);
              column.strings = values;
              columns.add(column);
            });
    return columns;
  }

  static ColumnData column(FieldType type, long[] bits) {
    ColumnData column = new ColumnData(1, type);
    column.bits = bits;
    column.decimals = PointBatch.UNKNOWN_DECIMALS;
    return column;
  }

  /** A bitmap with about the given share of the rows, at least one. */
  static long[] presence(SplittableRandom random, int rowCount, double share) {
    long[] presence = new long[(rowCount + 63) / 64];
    for (int i = 0; i < rowCount; i++) {
      if (random.nextDouble() < share) {
        presence[i >>> 6] |= 1L << i;
      }
    }
    int one = random.nextInt(rowCount);
    presence[one >>> 6] |= 1L << one;
    return presence;
  }

  private static byte[][] texts(int count, IntFunction<String> text) {
    byte[][] values = new byte[count][];
    for (int i = 0; i < count; i++) {
      values[i] = text.apply(i).getBytes(StandardCharsets.UTF_8);
    }
    return values;
  }

  private static long[] fill(int count, IntToLongFunction value) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = value.applyAsLong(i);
    }
    return values;
  }

  private static long[] bits(int count, IntToDoubleFunction value) {
    return fill(count, i -> Double.doubleToRawLongBits(value.applyAsDouble(i)));
  }

  private static long[] stepped(long first, long step, int count) {
    return fill(count, i -> first + step * i);
  }

  private static long[] walk(int count, long first, IntToLongFunction delta) {
    long[] values = new long[count];
    long value = first;
    for (int i = 0; i < count; i++) {
      values[i] = value;
      value += delta.applyAsLong(i);
    }
    return values;
  }
}
