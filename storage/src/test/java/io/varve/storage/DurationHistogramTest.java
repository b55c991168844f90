package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DurationHistogramTest {
  @Test
  void countsEachDurationInAllBucketsFromItsBoundOn() {
    DurationHistogram histogram = new DurationHistogram();
    histogram.record(100_000);
    histogram.record(100_001);
    histogram.record(60_000_000_000L);
    DurationHistogram.Snapshot seen = histogram.snapshot();
    assertThat(seen.buckets().get(0)).isEqualTo(new DurationHistogram.Bucket(100_000, 1));
    assertThat(seen.buckets().get(1)).isEqualTo(new DurationHistogram.Bucket(250_000, 2));
    assertThat(seen.buckets().get(seen.buckets().size() - 1).count()).isEqualTo(2);
    assertThat(seen.count()).isEqualTo(3);
    assertThat(seen.sumNanos()).isEqualTo(60_000_200_001L);
  }
}
