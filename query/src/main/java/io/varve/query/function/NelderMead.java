package io.varve.query.function;

/**
 * Minimises a function of several variables without its derivatives, by the simplex method of
 * Nelder and Mead: the worst corner of a simplex is mirrored, stretched or drawn in until the
 * values at its corners agree.
 *
 * <p>The order of operations is that of InfluxDB, whose results a forecast is compared with; the
 * function may change the point that it is asked about, which then counts.
 */
final class NelderMead {
  /** The function to be minimised. */
  interface Objective {
    /** The value at a point; infinite or NaN where there is none. */
    double at(double[] point);
  }

  /**
   * The best point found.
   *
   * @param value that of the function there
   */
  record Minimum(double value, double[] point) {}

  private static final int MAX_ITERATIONS = 1000;
  private static final double SPREAD = 1.0e-4;
  private static final double REFLECTION = 1.0;
  private static final double CONTRACTION = 0.5;
  private static final double EXPANSION = 2.0;

  private final Objective objective;
  private final int variables;
  private final double[][] corners;
  private final double[] values;
  private final double[] centre;
  private final double[] reflected;
  private final double[] tried;
  private int worst;
  private int second;
  private int best;

  private NelderMead(Objective objective, double[] start) {
    this.objective = objective;
    variables = start.length;
    corners = new double[variables + 1][];
    values = new double[variables + 1];
    centre = new double[variables];
    reflected = new double[variables];
    tried = new double[variables];
    double root = Math.sqrt(variables + 1) - 1;
    double near = root / (variables * Math.sqrt(2));
    double far = (root + variables) / (variables * Math.sqrt(2));
    for (int c = 0; c <= variables; c++) {
      corners[c] = start.clone();
      for (int i = 0; c > 0 && i < variables; i++) {
        corners[c][i] = (i == c - 1 ? far : near) + start[i];
      }
    }
    for (int c = 0; c <= variables; c++) {
      values[c] = objective.at(corners[c]);
    }
  }

  /** Bytes that a search over so many variables takes. */
  static long stateBytes(long variables) {
    return Double.BYTES * (variables + 2) * (variables + 4);
  }

  /** Searches from a point; the simplex around it has edges of length 1. */
  static Minimum minimize(Objective objective, double[] start) {
    NelderMead search = new NelderMead(objective, start);
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      search.step();
      if (search.deviation() < SPREAD) {
        break;
      }
    }
    search.rank();
    double[] point = search.corners[search.best].clone();
    return new Minimum(objective.at(search.corners[search.best]), point);
  }

  private void rank() {
    worst = 0;
    best = 0;
    for (int c = 0; c <= variables; c++) {
      worst = values[c] > values[worst] ? c : worst;
      best = values[c] < values[best] ? c : best;
    }
    second = best;
    for (int c = 0; c <= variables; c++) {
      second = values[c] > values[second] && values[c] < values[worst] ? c : second;
    }
  }

  private void step() {
    rank();
    for (int i = 0; i < variables; i++) {
      double sum = 0;
      for (int c = 0; c <= variables; c++) {
        sum += c == worst ? 0 : corners[c][i];
      }
      centre[i] = sum / variables;
      reflected[i] = centre[i] + REFLECTION * (centre[i] - corners[worst][i]);
    }
    double value = objective.at(reflected);
    if (value < values[second] && value >= values[best]) {
      replaceWorst(reflected, value);
    }
    if (value < values[best]) {
      expand(value);
    }
    if (value >= values[second]) {
      contract(value);
    }
  }

  private void replaceWorst(double[] point, double value) {
    System.arraycopy(point, 0, corners[worst], 0, variables);
    values[worst] = value;
  }

  private void expand(double reflectedValue) {
    for (int i = 0; i < variables; i++) {
      tried[i] = centre[i] + EXPANSION * (reflected[i] - centre[i]);
    }
    double value = objective.at(tried);
    if (value < reflectedValue) {
      replaceWorst(tried, value);
    } else {
      replaceWorst(reflected, reflectedValue);
    }
  }

  private void contract(double reflectedValue) {
    boolean outside = reflectedValue < values[worst];
    for (int i = 0; i < variables; i++) {
      tried[i] =
          outside
              ? centre[i] + CONTRACTION * (reflected[i] - centre[i])
              : centre[i] - CONTRACTION * (centre[i] - corners[worst][i]);
    }
    double value = objective.at(tried);
    if (value < values[worst]) {
      replaceWorst(tried, value);
      return;
    }
    for (int c = 0; c <= variables; c++) {
      for (int i = 0; c != best && i < variables; i++) {
        corners[c][i] = corners[best][i] + (corners[c][i] - corners[best][i]) / 2;
      }
    }
    values[worst] = objective.at(corners[worst]);
    values[second] = objective.at(corners[second]);
  }

  private double deviation() {
    double total = 0;
    for (double value : values) {
      total += value;
    }
    double mean = total / (variables + 1);
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean) / variables;
    }
    return Math.sqrt(sum);
  }
}
