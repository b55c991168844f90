package io.varve.query;

import io.varve.query.catalog.GoDuration;
import io.varve.query.catalog.OpenSnapshots;
import io.varve.query.catalog.Table;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.Explain;
import io.varve.query.influxql.ast.Select;
import io.varve.query.operator.QueryBudget;
import io.varve.query.plan.PlannedScan;
import io.varve.query.plan.SelectPlan;
import io.varve.query.plan.SelectPlanner;
import io.varve.storage.ScanCost;
import io.varve.storage.ScanCounters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs EXPLAIN and EXPLAIN ANALYZE. The first plans the SELECT and counts, from keys, what its
 * scans would find; the second runs it, throws its rows away and shows what its scans have done.
 */
final class ExplainStatement {
  /** Chunks that EXPLAIN counts, about a second of it. */
  static final long MOST_CHUNKS = 250_000;

  private final OpenSnapshots snapshots;
  private final QueryBudget budget;
  private final long nowNanos;
  private final long mostChunks;

  /**
   * @param snapshots are closed at the end of {@link #run}
   * @param mostChunks that are counted
   */
  ExplainStatement(OpenSnapshots snapshots, QueryBudget budget, long nowNanos, long mostChunks) {
    this.snapshots = snapshots;
    this.budget = budget;
    this.nowNanos = nowNanos;
    this.mostChunks = mostChunks;
  }

  List<Table> run(Explain explain) {
    try (snapshots) {
      return explain.analyze()
          ? table("EXPLAIN ANALYZE", analyze(explain.select()))
          : table("QUERY PLAN", plan(explain.select()));
    }
  }

  private static List<Table> table(String column, List<String> lines) {
    List<List<Object>> rows = new ArrayList<>();
    lines.forEach(line -> rows.add(List.of(line)));
    return List.of(new Table("", List.of(column), rows));
  }

  private List<String> plan(Select select) {
    SelectPlan plan = SelectPlanner.plan(select, snapshots, budget, nowNanos);
    List<String> lines = new ArrayList<>();
    for (PlannedScan scan : plan.scans()) {
      ScanCost cost = scan.reader().cost(scan.spec(), mostChunks, budget::checkCancelled);
      String atLeast = cost.complete() ? "" : ">";
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.add("EXPRESSION: " + expression(scan));
      if (!scan.names().isEmpty()) {
        lines.add("AUXILIARY FIELDS: " + String.join(", ", scan.names()));
      }
      lines.add("MEASUREMENT: " + scan.measurement());
      lines.add("NUMBER OF SHARDS: " + atLeast + cost.shards());
      lines.add("NUMBER OF SERIES: " + scan.spec().seriesIds().length);
      lines.add("CACHED VALUES: " + atLeast + cost.unsealedValues());
      lines.add("NUMBER OF BLOCKS: " + atLeast + cost.chunks());
      lines.add("SIZE OF BLOCKS: " + atLeast + cost.chunkBytes());
    }
    return lines.isEmpty() ? List.of("") : lines;
  }

  private static String expression(PlannedScan scan) {
    List<String> calls = scan.calls();
    return calls.isEmpty() ? "<nil>" : String.join(", ", calls);
  }

  private List<String> analyze(Select select) {
    long begin = System.nanoTime();
    SelectPlan plan =
        SelectPlanner.plan(select, new CountingSnapshots(snapshots), budget, nowNanos);
    long planned = System.nanoTime();
    Output output = execute(plan);
    long end = System.nanoTime();

    TextTree root = new TextTree(".");
    TextTree top = root.branch("select");
    top.leaf("execution_time", GoDuration.format(end - planned));
    top.leaf("planning_time", GoDuration.format(planned - begin));
    top.leaf("total_time", GoDuration.format(end - begin));
    top.leaf("output_series", output.series);
    top.leaf("output_rows", output.rows);
    TextTree cursor = top.branch("build_cursor");
    cursor.label("statement", Printer.print(select));
    scans(plan, cursor);
    return root.lines();
  }

  /** Scans with the same expression under one branch, each place that is read once. */
  private static void scans(SelectPlan plan, TextTree cursor) {
    Map<String, TextTree> scanners = new LinkedHashMap<>();
    Set<List<Object>> shown = new HashSet<>();
    for (PlannedScan scan : plan.scans()) {
      if (!shown.add(List.of(scan.reader(), scan.measurement()))) {
        continue;
      }
      TextTree scanner =
          scanners.computeIfAbsent(
              expression(scan), text -> cursor.branch("iterator_scanner").label("expr", text));
      ScanCounters counters = CountingSnapshots.counters(scan.reader(), scan.measurement());
      scanner
          .branch("create_iterator")
          .label("measurement", scan.measurement())
          .leaf("series_planned", scan.spec().seriesIds().length)
          .leaf("series_scanned", counters.series())
          .leaf("batches", counters.batches())
          .leaf("rows", counters.rows())
          .leaf("unsealed_rows", counters.unsealedRows())
          .leaf("chunks_fetched", counters.chunks())
          .leaf("chunks_decoded", counters.decodedChunks())
          .leaf("chunks_from_headers", counters.chunks() - counters.decodedChunks())
          .leaf("time_chunks_fetched", counters.timeChunks())
          .leaf("chunk_bytes", counters.chunkBytes());
    }
  }

  private record Output(long series, long rows) {}

  private Output execute(SelectPlan plan) {
    long series = 0;
    long rows = 0;
    try (SelectResult result = new SelectResult(plan, snapshots, budget)) {
      while (result.nextSeries()) {
        series++;
        while (result.nextBlock()) {
          rows += result.block().rowCount();
        }
      }
    }
    return new Output(series, rows);
  }
}
