package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.eval.Annotations;
import io.varve.query.promql.eval.Evaluator;
import io.varve.query.promql.eval.SeriesTable;
import io.varve.query.promql.eval.Steps;
import io.varve.query.promql.eval.Value;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;
import java.util.List;

/** A value over steps as a list of series; makes one series' points at a time. */
final class EvaluatedResult implements PromResult {
  private final Evaluator evaluator;
  private final Value value;
  private final Steps steps;
  private final Type type;
  private final List<String> warnings;
  private final List<String> infos;
  private final long samplesRead;
  private final long evaluationNanos;

  /**
   * A result.
   *
   * @param evaluator whose memory the value is; closed with this
   */
  EvaluatedResult(
      Value value,
      Steps steps,
      Type type,
      Annotations annotations,
      long samplesRead,
      long evaluationNanos,
      Evaluator evaluator) {
    this.evaluator = evaluator;
    this.value = value;
    this.steps = steps;
    this.type = type;
    this.warnings = annotations.warnings();
    this.infos = annotations.infos();
    this.samplesRead = samplesRead;
    this.evaluationNanos = evaluationNanos;
  }

  @Override
  public Type type() {
    return type;
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public List<String> infos() {
    return infos;
  }

  @Override
  public String text() {
    return value instanceof Value.Text text ? text.text() : "";
  }

  @Override
  public long timeMillis() {
    return steps.startMillis();
  }

  @Override
  public long samplesRead() {
    return samplesRead;
  }

  @Override
  public long evaluationNanos() {
    return evaluationNanos;
  }

  @Override
  public void visit(SeriesVisitor visitor) {
    if (value instanceof Value.Scalar scalar) {
      Samples samples = new Samples();
      samples.reserve(steps.count());
      for (int step = 0; step < steps.count(); step++) {
        samples.add(steps.timeMillis(step), scalar.perStep()[step]);
      }
      visitor.visit(Labels.EMPTY, new SampleRun(samples));
    } else if (value instanceof Value.Matrix matrix) {
      for (Value.SampleSeries series : matrix.series()) {
        visitor.visit(series.labels(), new SampleRun(series.samples()));
      }
    } else if (value instanceof Value.Vector vector) {
      visit(vector, visitor);
    }
  }

  private void visit(Value.Vector vector, SeriesVisitor visitor) {
    Samples present = new Samples();
    present.reserve(steps.count());
    SeriesTable series = vector.series();
    StepValues values = new StepValues();
    for (int row = 0; row < series.count(); row++) {
      series.load(row, values);
      present.clear();
      long[] words = values.presence();
      for (int from = 0; from < values.steps(); from += Long.SIZE) {
        for (long word = words[from / Long.SIZE]; word != 0; word &= word - 1) {
          int step = from + Long.numberOfTrailingZeros(word);
          present.put(steps.timeMillis(step), values, step);
        }
      }
      visitor.visit(series.labels(row), new SampleRun(present));
    }
  }

  @Override
  public void close() {
    evaluator.close();
  }
}
