package io.varve.storage.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sizes that the format promises for what metrics look like, in bytes before block compression. */
class ChunkSizeTest {
  private static final int COUNT = 1024;

  private final SplittableRandom random = new SplittableRandom(7);
  private final ChunkEncoder encoder = new ChunkEncoder();

  @Test
  void aConstantTakesFewBytes() {
    assertThat(floats(i -> 0)).isLessThanOrEqualTo(18);
    assertThat(floats(i -> 12.5)).isLessThanOrEqualTo(20);
    assertThat(integers(i -> 16_777_216_000L)).isLessThanOrEqualTo(28);
  }

  @Test
  void aWalkInWholePercentsTakesANibbleAValueAnd24BytesMore() {
    double[] at = {50};
    int size = floats(i -> at[0] = clamp(Math.rint(at[0] + gauss()), 0, 100));
    assertThat(size).isLessThanOrEqualTo(COUNT / 2 + 24);
  }

  @Test
  void aLoadAverageTakesAByteAValue() {
    double[] at = {3};
    int size = floats(i -> at[0] = Math.rint(100 * (at[0] * 0.97 + 0.09 + 0.1 * gauss())) / 100);
    assertThat(size).isLessThanOrEqualTo(COUNT + 60);
  }

  @Test
  void aByteCounterTakesThreeBytesAValue() {
    double[] at = {1e11};
    assertThat(floats(i -> at[0] += Math.rint(Math.exp(12 + gauss()))))
        .isLessThanOrEqualTo(3 * COUNT + 48);
  }

  @Test
  void cpuSecondsTakeAByteAValue() {
    double[] at = {123_456};
    int size = floats(i -> at[0] = Math.rint(100 * (at[0] + 8 + 0.3 * gauss())) / 100);
    assertThat(size).isLessThanOrEqualTo(COUNT + 60);
  }

  @Test
  void aSparseCounterTakesABitAValue() {
    double[] at = {1000};
    assertThat(floats(i -> at[0] += random.nextInt(12) == 0 ? 1 : 0))
        .isLessThanOrEqualTo(COUNT / 8 + 30);
  }

  @Test
  void memoryInPagesTakesTwoBytesAValue() {
    double[] at = {8e9 / 4096};
    int size = floats(i -> 4096 * (at[0] = Math.rint(at[0] + 800 * gauss())));
    assertThat(size).isLessThanOrEqualTo(2 * COUNT);
  }

  @Test
  void trueDoublesTakeNoMoreThanTheyAre() {
    assertThat(floats(i -> random.nextDouble())).isLessThanOrEqualTo(8 * COUNT + 12);
    assertThat(floats(i -> 20 + random.nextDouble())).isLessThanOrEqualTo(7 * COUNT);
    assertThat(floats(i -> (float) (20 + random.nextDouble()))).isLessThanOrEqualTo(3 * COUNT + 48);
  }

  @Test
  void tenMillisecondsOfJitterTakeANibbleATime() {
    long[] times = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      times[i] = 1_700_000_000_000_000_000L + 15_000_000_000L * i + 1_000_000L * random.nextInt(10);
    }
    encoder.times(times, COUNT);
    assertThat(encoder.encodeTimes(0).length).isLessThanOrEqualTo(COUNT / 2 + 32);
  }

  private int floats(IntToDoubleFunction value) {
    ColumnData column =
        Shapes.column(
            FieldType.FLOAT,
            IntStream.range(0, COUNT)
                .mapToLong(i -> Double.doubleToRawLongBits(value.applyAsDouble(i)))
                .toArray());
    column.decimals = PointBatch.UNKNOWN_DECIMALS;
    return size(column);
  }

  private int integers(IntToDoubleFunction value) {
    long[] values =
        IntStream.range(0, COUNT).mapToLong(i -> (long) value.applyAsDouble(i)).toArray();
    return size(Shapes.column(FieldType.INTEGER, values));
  }

  private int size(ColumnData column) {
    encoder.times(Shapes.equalSteps(COUNT), COUNT);
    return encoder.encode(column, 0).length;
  }

  private double gauss() {
    return IntStream.range(0, 12).mapToDouble(i -> random.nextDouble()).sum() - 6;
  }

  private static double clamp(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }
}
