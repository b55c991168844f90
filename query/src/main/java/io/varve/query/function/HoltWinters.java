package io.varve.query.function;

/**
 * Forecasts evenly spaced values by the damped method of Holt and Winters: a level, a trend that
 * fades and, on request, factors that repeat with a season.
 *
 * <p>The parameters are those with the least squared error over the known values, searched for with
 * {@link NelderMead} from the corners of a grid. Start values, bounds and the order of operations
 * are InfluxDB's. Values that are missing (NaN) do not count. Costs up to 16,000 passes over the
 * values; {@link Progress} is asked once per pass.
 */
public final class HoltWinters {
  /** Stops a search that is no longer wanted. */
  public interface Progress {
    /** Throws to give up. */
    void check();
  }

  private static final double WEIGHT = 0.5;
  private static final double[] GUESSES = {0.3, 0.7};

  /** Where the smoothing parameters, level and trend stand; factors of the season follow. */
  private static final int ALPHA = 0;

  private static final int BETA = 1;
  private static final int GAMMA = 2;
  private static final int PHI = 3;
  private static final int LEVEL = 4;
  private static final int TREND = 5;
  private static final int SEASON = 6;

  private final double[] values;
  private final int season;
  private final double[] predicted;
  private final Progress progress;

  private HoltWinters(double[] values, int horizon, int season, Progress progress) {
    this.values = values;
    this.season = season < 2 ? 0 : season;
    this.progress = progress;
    predicted = new double[values.length + horizon];
  }

  /** Bytes that a forecast takes beside the known values. */
  public static long stateBytes(long values, long horizon, long season) {
    return 2 * Double.BYTES * (values + horizon)
        + NelderMead.stateBytes(SEASON + (season < 2 ? 0 : season));
  }

  /**
   * Fits and forecasts.
   *
   * @param values the first is known, as many as a season at least; NaN for missing ones
   * @param horizon how many values to add
   * @param season values per season; below 2 for none
   * @return the fitted values and those added
   */
  public static double[] forecast(double[] values, int horizon, int season, Progress progress) {
    HoltWinters model = new HoltWinters(values, horizon, season, progress);
    double[] best = model.fit();
    model.predict(best, values.length + horizon);
    return model.predicted;
  }

  private double[] fit() {
    double[] start = start();
    double[] best = start;
    double least = Double.POSITIVE_INFINITY;
    boolean found = false;
    for (int guess = 0; guess < 16; guess++) {
      start[ALPHA] = GUESSES[guess >> 3 & 1];
      start[BETA] = GUESSES[guess >> 2 & 1];
      start[GAMMA] = GUESSES[guess >> 1 & 1];
      start[PHI] = GUESSES[guess & 1];
      NelderMead.Minimum minimum = NelderMead.minimize(this::squaredError, start);
      if (minimum.value() < least || !found) {
        least = minimum.value();
        best = minimum.point();
        found = true;
      }
    }
    return best;
  }

  /** The parameters to start from, guessed from the first values. */
  private double[] start() {
    double[] start = new double[SEASON + season];
    if (season == 0) {
      start[LEVEL] = WEIGHT * values[0];
      start[TREND] = Double.isNaN(values[1]) ? 0 : WEIGHT * (values[1] - values[0]);
      return start;
    }
    for (int i = 0; i < season; i++) {
      if (!Double.isNaN(values[i])) {
        start[LEVEL] += (1 / (double) season) * values[i];
      }
    }
    double pairs = (double) season * season;
    for (int i = 0; i < season && season + i < values.length; i++) {
      if (!Double.isNaN(values[i]) && !Double.isNaN(values[season + i])) {
        start[TREND] += 1 / pairs * (values[season + i] - values[i]);
      }
    }
    for (int i = 0; i < season; i++) {
      start[SEASON + i] = Double.isNaN(values[i]) ? 0 : values[i] / start[LEVEL];
    }
    return start;
  }

  private double squaredError(double[] parameters) {
    progress.check();
    predict(parameters, values.length);
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        if (Double.isNaN(predicted[i])) {
          return Double.POSITIVE_INFINITY;
        }
        double difference = predicted[i] - values[i];
        error += difference * difference;
      }
    }
    return error;
  }

  /**
   * Writes the first {@code count} predictions. Forces the parameters into their bounds; the
   * factors of the season move on with the values, in place.
   */
  private void predict(double[] parameters, int count) {
    for (int p = ALPHA; p <= PHI; p++) {
      parameters[p] = parameters[p] > 1 ? 1 : (parameters[p] < 0 ? 0 : parameters[p]);
    }
    double alpha = parameters[ALPHA];
    double beta = parameters[BETA];
    double gamma = parameters[GAMMA];
    double phi = parameters[PHI];
    double damping = phi;
    double level = parameters[LEVEL];
    double trend = parameters[TREND];
    double value = values[0];
    predicted[0] = value;
    double factor = 1;
    double ahead = 1;
    int offset = season - 1;
    for (int t = 1; t < count; t++) {
      if (season > 0) {
        factor = parameters[SEASON + (t - season + offset) % season];
        ahead = parameters[SEASON + (t - season + t % season + offset) % season];
      }
      double before = level + phi * trend;
      double newLevel = alpha * (value / factor) + (1 - alpha) * before;
      double newTrend = beta * (newLevel - level) + (1 - beta) * phi * trend;
      double newFactor = gamma * (value / before) + (1 - gamma) * factor;
      value = (newLevel + damping * newTrend) * ahead;
      level = newLevel;
      trend = newTrend;
      damping += power(phi, t);
      if (season > 0) {
        parameters[SEASON + (t + offset) % season] = newFactor;
        offset++;
      }
      predicted[t] = value;
    }
  }

  /** By squaring, as InfluxDB rounds: the search magnifies the last bit. */
  private static double power(double base, int exponent) {
    double result = 1;
    double square = base;
    for (int rest = exponent; rest != 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }
}
