package io.varve.query.promql.histogram;

import java.util.SplittableRandom;

/** Histograms of all kinds from a seeded generator. */
public final class RandomHistograms {
  private final SplittableRandom random;

  public RandomHistograms(SplittableRandom random) {
    this.random = random;
  }

  /** Integer counts that agree with the count, as a client's counters have. */
  public FloatHistogram next() {
    return random.nextInt(4) == 0 ? custom() : exponential(random.nextInt(-4, 9));
  }

  /** Its buckets begin behind the zero bucket and end before infinity. */
  public FloatHistogram exponential(int schema) {
    int reach = schema < 0 ? 5 : 40;
    Buckets negative = random.nextInt(3) == 0 ? buckets(reach) : Buckets.NONE;
    Buckets positive = random.nextInt(5) == 0 ? Buckets.NONE : buckets(reach);
    double zeros = random.nextInt(3) == 0 ? random.nextInt(100) : 0;
    FloatHistogram histogram =
        new FloatHistogram(
            schema,
            CounterReset.ofCode(random.nextInt(4)),
            negative.total() + positive.total() + zeros,
            random.nextInt(-1000, 1000) / 8.0,
            0,
            zeros,
            negative,
            positive,
            CustomBounds.NONE);
    double[] thresholds = {0, 1e-128, 0.001, 0.3};
    return ZeroBucket.widened(histogram, thresholds[random.nextInt(thresholds.length)]);
  }

  public FloatHistogram custom() {
    double[] bounds = new double[random.nextInt(10)];
    double bound = random.nextInt(-5, 5);
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = bound;
      bound += random.nextInt(1, 4);
    }
    int size = random.nextInt(bounds.length + 2);
    int[] indexes = new int[size];
    double[] counts = new double[size];
    for (int i = 0; i < size; i++) {
      indexes[i] = i;
      counts[i] = random.nextInt(10);
    }
    Buckets buckets = Buckets.of(indexes, counts, size);
    return new FloatHistogram(
        FloatHistogram.CUSTOM,
        CounterReset.ofCode(random.nextInt(4)),
        buckets.total(),
        random.nextInt(1000) / 8.0,
        0,
        0,
        Buckets.NONE,
        buckets,
        CustomBounds.of(bounds));
  }

  private Buckets buckets(int reach) {
    int size = random.nextInt(1, reach);
    int[] indexes = new int[size];
    double[] counts = new double[size];
    int index = random.nextInt(-reach, reach);
    for (int i = 0; i < size; i++) {
      indexes[i] = index;
      index += random.nextInt(1, 3);
      counts[i] = random.nextInt(1, 50);
    }
    return Buckets.of(indexes, counts, size);
  }
}
