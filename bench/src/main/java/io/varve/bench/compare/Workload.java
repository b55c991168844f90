package io.varve.bench.compare;

import io.varve.bench.peer.BodyFormat;
import io.varve.bench.tsbs.RowShape;
import io.varve.bench.tsbs.RowSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every server gets.
 *
 * @param title for people
 * @param source the rows, all of them generated
 * @param mainSteps steps that are loaded at full speed
 * @param liveSteps steps that follow at a fixed rate
 * @param main the bodies of the load
 * @param live the bodies that follow
 */
record Workload(
    String title,
    RowSource source,
    long mainSteps,
    long liveSteps,
    Map<BodyFormat, List<Lane>> main,
    Map<BodyFormat, List<Lane>> live) {

  /** A field whose values are counted. */
  record Probe(String measurement, String field) {}

  /** For the first field of each measurement, how many values it has. */
  Map<Probe, Long> counts(boolean withLive) {
    long steps = withLive ? mainSteps + liveSteps : mainSteps;
    Map<Probe, Long> counts = new LinkedHashMap<>();
    for (RowShape shape : source.shapes()) {
      counts.merge(new Probe(shape.measurement(), shape.fields().get(0)), steps, Long::sum);
    }
    return counts;
  }

  long mainValues() {
    return mainSteps * source.valuesPerStep();
  }

  long liveValues() {
    return liveSteps * source.valuesPerStep();
  }

  long startSeconds() {
    return RowSource.START_NANOS / 1_000_000_000;
  }

  /** A second behind all rows. */
  long endSeconds() {
    long step = source.stepNanos();
    return startSeconds() + (mainSteps + liveSteps) * step / 1_000_000_000 + 1;
  }
}
