package io.varve.query.promql.eval;

import io.varve.query.promql.Labels;
import io.varve.query.promql.Positions;
import io.varve.query.promql.Quoting;
import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.function.GoNumber;
import io.varve.query.promql.function.MixedOperator;
import io.varve.query.promql.histogram.HistogramRemark;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Remarks on a query that has an answer nevertheless. Each text is kept once; at most {@link
 * #MAX_EACH} warnings and as many infos. Thread-safe.
 */
public final class Annotations {
  static final int MAX_EACH = 10;

  private final String query;
  private final Set<String> warnings = new LinkedHashSet<>();
  private final Set<String> infos = new LinkedHashSet<>();

  /** For a query of this text. */
  public Annotations(String query) {
    this.query = query;
  }

  synchronized void warn(String text, PositionRange position) {
    add(warnings, "PromQL warning: " + text, position);
  }

  synchronized void info(String text, PositionRange position) {
    add(infos, "PromQL info: " + text, position);
  }

  /** Says that a quantile is not between 0 and 1. */
  void quantileOutOfRange(double quantile, PositionRange position) {
    warn("quantile value should be between 0 and 1, got " + GoNumber.general(quantile), position);
  }

  /** Says that a ratio of series is not between -1 and 1. */
  void ratioOutOfRange(double ratio, int bound, PositionRange position) {
    warn(
        "ratio value should be between -1 and 1, got "
            + GoNumber.general(ratio)
            + ", capping to "
            + bound,
        position);
  }

  /** Says all that there is to say about the histograms of a series. */
  void remark(Set<HistogramRemark> remarks, Labels labels, PositionRange position) {
    if (!remarks.isEmpty()) {
      remarks.forEach(remark -> remark(remark, labels, position));
    }
  }

  /** Says something about the histograms of a series. */
  void remark(HistogramRemark remark, Labels labels, PositionRange position) {
    String text = remark.about(labels.get(Labels.NAME));
    if (remark.isWarning()) {
      warn(text, position);
    } else {
      info(text, position);
    }
  }

  /** Says what there is to say about an operator that has met histograms. */
  void remark(MixedOperator operator, PositionRange position) {
    remark(operator.remarks(), Labels.EMPTY, position);
    for (String operands : operator.incompatible()) {
      info(
          "incompatible sample types encountered for binary operator "
              + Quoting.quote(operator.symbol())
              + ": "
              + operands,
          position);
    }
  }

  private void add(Set<String> texts, String text, PositionRange position) {
    if (texts.size() < MAX_EACH) {
      texts.add(text + " (" + Positions.lineAndColumn(query, position.start()) + ")");
    }
  }

  public synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }

  public synchronized List<String> infos() {
    return List.copyOf(infos);
  }
}
