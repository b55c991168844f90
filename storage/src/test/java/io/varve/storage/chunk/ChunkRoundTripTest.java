package io.varve.storage.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkRoundTripTest {
  private static final long SALT = 0x1234_5678_9abc_def0L;

  private final long seed = Long.getLong("varve.seed", new SplittableRandom().nextLong());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final ChunkEncoder encoder = new ChunkEncoder();
  private final Chunk chunk = new Chunk();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 9, 31, 32, 33, 63, 64, 65, 100, 511, 1000, 1023, 1024})
  void returnsEveryColumnBitByBit(int rowCount) {
    long[] times = Shapes.equalSteps(rowCount);
    encoder.times(times, rowCount);
    for (ColumnData column : Shapes.columns(random, rowCount)) {
      checkColumn(column, rowCount, times);
      for (double share : new double[] {0, 0.03, 0.5, 0.97}) {
        column.presence = Shapes.presence(random, rowCount, share);
        checkColumn(column, rowCount, times);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 33, 500, 1024})
  void returnsEveryTimeLine(int rowCount) {
    for (Map.Entry<String, Shapes.Longs> shape : Shapes.times().entrySet()) {
      long[] times = shape.getValue().make(random, rowCount);
      for (int columnCount : new int[] {1, 4, 100}) {
        encoder.times(times, rowCount, columnCount);
        byte[] bytes =
            encoder.timesInline()
                ? encoder.encode(ones(rowCount), SALT)
                : encoder.encodeTimes(SALT);
        chunk.open(bytes, 0, bytes.length, times[0], SALT);
        assertThat(chunk.isTimeChunk()).isEqualTo(!encoder.timesInline());
        assertThat(chunk.hasInlineTimes()).isTrue();
        assertThat(chunk.lastTimestampNanos())
            .as(describe(shape.getKey()))
            .isEqualTo(times[rowCount - 1]);
        long[] decoded = new long[rowCount];
        chunk.decodeTimes(decoded);
        assertThat(decoded).as(describe(shape.getKey())).isEqualTo(times);
      }
    }
  }

  @Test
  void knowsOfCountersThatTheyAscend() {
    int rowCount = 1000;
    long[] times = Shapes.equalSteps(rowCount);
    encoder.times(times, rowCount);
    long[] values = new long[rowCount];
    for (FieldType type : new FieldType[] {FieldType.FLOAT, FieldType.INTEGER}) {
      long counter = 1L << 40;
      for (int i = 0; i < rowCount; i++) {
        counter += random.nextInt(1000);
        values[i] =
            type == FieldType.FLOAT ? Double.doubleToRawLongBits((double) counter) : counter;
      }
      assertThat(ascends(type, values)).isTrue();
      values[500] = 0;
      assertThat(ascends(type, values)).isFalse();
      Arrays.fill(values, type == FieldType.FLOAT ? Double.doubleToRawLongBits(7) : 7);
      assertThat(ascends(type, values)).isTrue();
    }
  }

  @Test
  void claimsOfNothingElseThatItAscends() {
    int rowCount = 300;
    long[] times = Shapes.equalSteps(rowCount);
    encoder.times(times, rowCount);
    for (int round = 0; round < 2_000; round++) {
      long[] values = new long[rowCount];
      long value = random.nextLong() >> random.nextInt(64);
      int bits = random.nextInt(64);
      boolean falls = false;
      for (int i = 0; i < rowCount; i++) {
        values[i] = value;
        long step = random.nextLong() >>> bits;
        value += random.nextInt(200) == 0 ? -step : step;
        falls |= i > 0 && values[i] < values[i - 1];
      }
      if (ascends(FieldType.INTEGER, values)) {
        assertThat(falls).as("seed %d, round %d", seed, round).isFalse();
      }
    }
  }

  private boolean ascends(FieldType type, long[] values) {
    byte[] bytes = encoder.encode(Shapes.column(type, values), SALT);
    chunk.open(bytes, 0, bytes.length, Shapes.equalSteps(2)[0], SALT);
    return chunk.ascends();
  }

  @Test
  void knowsTheLastTimeEvenIfTimesAreElsewhere() {
    long[] times = Shapes.irregularTimes(random, 1000);
    encoder.times(times, 1000);
    assertThat(encoder.timesInline()).isFalse();
    byte[] bytes = encoder.encode(ones(1000), SALT);
    chunk.open(bytes, 0, bytes.length, times[0], SALT);
    assertThat(chunk.hasInlineTimes()).isFalse();
    assertThat(chunk.lastTimestampNanos()).isEqualTo(times[999]);
  }

  @Test
  void decodesFromTheMiddleOfAnArray() {
    encoder.times(new long[] {5, 6}, 2);
    byte[] bytes = encoder.encode(ones(2), SALT);
    byte[] padded = new byte[bytes.length + 20];
    System.arraycopy(bytes, 0, padded, 10, bytes.length);
    chunk.open(padded, 10, bytes.length, 5, SALT);
    long[] values = new long[2];
    chunk.decodeLongs(values);
    assertThat(values).containsExactly(1, 1);
  }

  @Test
  void believesNoHint() {
    int rowCount = 300;
    long[] times = Shapes.equalSteps(rowCount);
    encoder.times(times, rowCount);
    for (Shapes.Longs shape : Shapes.doubles().values()) {
      for (int hint = 0; hint <= PointBatch.UNKNOWN_DECIMALS; hint++) {
        ColumnData column = Shapes.column(FieldType.FLOAT, shape.make(random, rowCount));
        column.decimals = hint;
        checkColumn(column, rowCount, times);
      }
    }
  }

  private void checkColumn(ColumnData column, int rowCount, long[] times) {
    byte[] bytes = encoder.encode(column, SALT);
    chunk.open(bytes, 0, bytes.length, times[0], SALT);
    assertThat(chunk.rowCount()).isEqualTo(rowCount);
    assertThat(chunk.type()).isEqualTo(column.type);
    assertThat(chunk.firstTimestampNanos()).isEqualTo(times[0]);
    assertThat(chunk.lastTimestampNanos()).isEqualTo(times[rowCount - 1]);
    int raw = 8 * rowCount + rowCount / 8 + 80;
    assertThat(bytes.length).isLessThan(column.type == FieldType.STRING ? Integer.MAX_VALUE : raw);
    List<Integer> rows = new ArrayList<>();
    for (int row = 0; row < rowCount; row++) {
      boolean present = column.presence == null || Presence.has(column.presence, row);
      long[] decoded = chunk.presence();
      assertThat(decoded == null || Presence.has(decoded, row)).isEqualTo(present);
      if (present) {
        rows.add(row);
      }
    }
    if (column.type == FieldType.STRING) {
      byte[][] values = new byte[rowCount][];
      chunk.decodeStrings(values);
      for (int row : rows) {
        assertThat(values[row]).as(describe("row " + row)).isEqualTo(column.strings[row]);
      }
      assertThat(chunk.stats()).isNull();
      return;
    }
    long[] values = decodeBits(column.type, rowCount);
    for (int row : rows) {
      if (values[row] != column.bits[row]) {
        assertThat(values[row]).as(describe("row " + row)).isEqualTo(column.bits[row]);
      }
    }
    checkStats(column, rows);
  }

  private long[] decodeBits(FieldType type, int rowCount) {
    long[] values = new long[rowCount];
    if (type == FieldType.FLOAT) {
      double[] doubles = new double[rowCount];
      chunk.decodeDoubles(doubles);
      for (int i = 0; i < rowCount; i++) {
        values[i] = Double.doubleToRawLongBits(doubles[i]);
      }
    } else {
      chunk.decodeLongs(values);
    }
    return values;
  }

  private void checkStats(ColumnData column, List<Integer> rows) {
    ColumnStats stats = chunk.stats();
    if (stats == null) {
      assertThat(column.type).isEqualTo(FieldType.FLOAT);
      return;
    }
    long first = column.bits[rows.get(0)];
    long last = column.bits[rows.get(rows.size() - 1)];
    long min = first;
    long max = first;
    long sum = 0;
    BigDecimal exactSum = BigDecimal.ZERO;
    for (int row : rows) {
      long value = column.bits[row];
      min = compare(column.type, value, min) < 0 ? value : min;
      max = compare(column.type, value, max) > 0 ? value : max;
      sum += value;
      if (column.type == FieldType.FLOAT) {
        exactSum = exactSum.add(BigDecimal.valueOf(Double.longBitsToDouble(value)));
      }
    }
    if (column.type == FieldType.FLOAT) {
      sum = Double.doubleToRawLongBits(exactSum.doubleValue());
    }
    assertThat(stats)
        .as(describe("stats"))
        .isEqualTo(new ColumnStats(rows.size(), first, last, min, max, sum));
  }

  private static int compare(FieldType type, long a, long b) {
    return switch (type) {
      case FLOAT -> Double.compare(Double.longBitsToDouble(a), Double.longBitsToDouble(b));
      case UNSIGNED -> Long.compareUnsigned(a, b);
      default -> Long.compare(a, b);
    };
  }

  private static ColumnData ones(int rowCount) {
    long[] bits = new long[rowCount];
    Arrays.fill(bits, 1);
    return Shapes.column(FieldType.INTEGER, bits);
  }

  private String describe(String what) {
    return what + ", replay with -Dvarve.seed=" + seed;
  }
}
