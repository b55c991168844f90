package io.varve.query.function;

import io.varve.storage.Column;
import io.varve.storage.model.FieldType;

/** The functions of technical analysis: an indicator, silent for its first values. */
final class Smoothing extends Transformation {
  private final Indicator indicator;
  private final FieldType input;
  private final int hold;
  private long count;

  Smoothing(FieldType input, Kind kind, Parameters parameters) {
    this.input = input;
    int period = (int) Math.min(Integer.MAX_VALUE / 4, parameters.number());
    boolean simple = "simple".equals(parameters.warmup());
    boolean smoothed = parameters.warmup() != null && !"none".equals(parameters.warmup());
    indicator =
        switch (kind) {
          case EXPONENTIAL_MOVING_AVERAGE -> new Indicators.Exponential(period, 1, simple);
          case DOUBLE_EXPONENTIAL_MOVING_AVERAGE -> new Indicators.Exponential(period, 2, simple);
          case TRIPLE_EXPONENTIAL_MOVING_AVERAGE -> new Indicators.Exponential(period, 3, simple);
          case TRIPLE_EXPONENTIAL_DERIVATIVE -> new Indicators.TripleRate(period, simple);
          case RELATIVE_STRENGTH_INDEX -> new Indicators.Strength(period, simple, false);
          case KAUFMANS_EFFICIENCY_RATIO -> new Indicators.Kaufman(period, false);
          case KAUFMANS_ADAPTIVE_MOVING_AVERAGE -> new Indicators.Kaufman(period, true);
          case CHANDE_MOMENTUM_OSCILLATOR ->
              smoothed
                  ? new Indicators.Strength(period, simple, true)
                  : new Indicators.Momentum(period);
          default -> throw new IllegalStateException(kind + " is no indicator");
        };
    hold = parameters.hold() < 0 ? indicator.defaultHold() : parameters.hold();
  }

  @Override
  public FieldType type() {
    return FieldType.FLOAT;
  }

  @Override
  public void begin() {
    indicator.begin();
    count = 0;
  }

  @Override
  protected void next(long timestampNanos, Column in, int row, Vector into) {
    if (in.type() != input) {
      throw new IllegalStateException("made for " + input + ", not " + in.type());
    }
    double value = indicator.add(asDouble(in, row));
    if (++count > hold && Double.isFinite(value)) {
      into.setDouble(row, value);
    }
  }
}
