package io.varve.bench.compare;

import io.varve.bench.tsbs.DevopsRows;
import io.varve.bench.tsbs.NodeRows;
import io.varve.bench.tsbs.RowSource;

/** Whose data. */
enum DataCase {
  CPU_ONLY("cpu-only"),
  DEVOPS("devops"),
  NODE("node");

  private final String label;

  DataCase(String label) {
    this.label = label;
  }

  /** Generates the rows of so many hosts. */
  RowSource source(int hosts, long seed) {
    return switch (this) {
      case CPU_ONLY -> DevopsRows.cpuOnly(hosts, seed);
      case DEVOPS -> DevopsRows.devops(hosts, seed);
      case NODE -> new NodeRows(hosts, seed);
    };
  }

  @Override
  public String toString() {
    return label;
  }
}
