package io.varve.query.promql.function;

import java.util.SplittableRandom;

/** A series with jitter and gaps, of one of several kinds of values. */
final class RandomSeries {
  private final Samples samples = new Samples();
  private final long spacing;

  /** Regular ones have neither specials (NaN, infinities) nor extreme magnitudes. */
  RandomSeries(SplittableRandom random, boolean regular) {
    int count = random.nextInt(5) == 0 ? random.nextInt(4) : random.nextInt(1500);
    spacing = 1L + random.nextInt(20_000);
    boolean jitter = random.nextBoolean();
    boolean gaps = random.nextBoolean();
    int kind = random.nextInt(regular ? 3 : 7);
    long time = random.nextLong(2_000_000_000_000L) - 10_000_000;
    double value = 0;
    for (int i = 0; i < count; i++) {
      time += jitter ? 1 + random.nextLong(2 * spacing) : spacing;
      if (gaps && random.nextInt(40) == 0) {
        time += random.nextLong(100 * spacing);
      }
      value = next(random, kind, value);
      samples.add(time, value);
    }
  }

  private static double next(SplittableRandom random, int kind, double before) {
    return switch (kind) {
      case 0 -> random.nextInt(30) == 0 ? random.nextInt(3) : before + random.nextInt(100);
      case 1 -> random.nextDouble() * 200 - 100;
      case 2 -> random.nextInt(3) == 0 ? random.nextInt(5) : before;
      case 3 -> special(random, 3, random.nextInt(10) - 5);
      case 4 -> special(random, 60, random.nextDouble());
      case 5 -> (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(40));
      default -> (random.nextInt(5) - 2) * (random.nextInt(4) == 0 ? 0.9e308 : 1);
    };
  }

  private static double special(SplittableRandom random, int rarity, double otherwise) {
    if (random.nextInt(rarity) != 0) {
      return otherwise;
    }
    return switch (random.nextInt(6)) {
      case 0 -> Double.POSITIVE_INFINITY;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> -0.0;
      default -> Double.NaN;
    };
  }

  Samples samples() {
    return samples;
  }

  long spacing() {
    return spacing;
  }

  long first() {
    return samples.count() == 0 ? 0 : samples.timesMillis()[0];
  }

  long last() {
    return samples.count() == 0 ? 0 : samples.timesMillis()[samples.count() - 1];
  }
}
