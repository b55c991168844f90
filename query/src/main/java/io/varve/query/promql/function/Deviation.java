package io.varve.query.promql.function;

/**
 * The population variance of values, by Welford's running mean and sum of squares, both
 * compensated. An infinite value makes it NaN.
 */
final class Deviation {
  private long count;
  private double mean;
  private double meanLost;
  private double squares;
  private double squaresLost;

  void add(double value) {
    count++;
    double delta = value - (mean + meanLost);
    double part = delta / count;
    double roundedMean = mean + part;
    meanLost =
        Double.isInfinite(roundedMean)
            ? 0
            : meanLost + CompensatedSum.lost(mean, part, roundedMean);
    mean = roundedMean;
    double square = delta * (value - (mean + meanLost));
    double roundedSquares = squares + square;
    squaresLost =
        Double.isInfinite(roundedSquares)
            ? 0
            : squaresLost + CompensatedSum.lost(squares, square, roundedSquares);
    squares = roundedSquares;
  }

  /** The variance of at least one value. */
  double variance() {
    return (squares + squaresLost) / count;
  }

  static double variance(double[] values, int from, int to) {
    Deviation deviation = new Deviation();
    for (int i = from; i < to; i++) {
      deviation.add(values[i]);
    }
    return deviation.variance();
  }
}
