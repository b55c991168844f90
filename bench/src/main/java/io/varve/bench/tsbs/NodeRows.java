package io.varve.bench.tsbs;

import io.varve.bench.load.NodeExporters;
import io.varve.storage.model.SeriesKey;
import java.util.ArrayList;
import java.util.List;

/** The mix of {@link NodeExporters}: rows of one float, 485 series per host, every 15 s. */
public final class NodeRows implements RowSource {
  private final NodeExporters exporters;
  private final List<RowShape> shapes = new ArrayList<>();

  public NodeRows(int hosts, long seed) {
    exporters = new NodeExporters(hosts, seed);
    for (int row = 0; row < exporters.rowsPerStep(); row++) {
      SeriesKey key = exporters.key(row);
      shapes.add(
          new RowShape(
              exporters.host(row),
              key.measurement(),
              key.tags(),
              List.of("value"),
              List.of(false),
              exporters.phaseNanos(row)));
    }
  }

  @Override
  public long stepNanos() {
    return exporters.stepNanos();
  }

  @Override
  public List<RowShape> shapes() {
    return shapes;
  }

  @Override
  public void next(int row, double[] values) {
    values[0] = exporters.next(row);
  }
}
