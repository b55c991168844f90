package io.varve.query;

import io.varve.query.catalog.OpenSnapshots;
import io.varve.query.catalog.Store;
import io.varve.query.catalog.Table;
import io.varve.query.influxql.ast.Target;
import io.varve.query.operator.QueryBudget;
import io.varve.storage.WriteResult;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SELECT ... INTO: the rows of an answer become points. One batch is on its way at a time, so a
 * store that cannot keep up slows the query down.
 *
 * <p>Tags grouped by stay tags, every column becomes a field of its type, nulls are left out and
 * rows of nothing but nulls with them. What has been written stays written if the query fails.
 */
final class IntoWriter {
  private static final Table.Time EPOCH = new Table.Time(0);
  private static final int BATCH_ROWS = 5000;
  private static final int BATCH_VALUES = 100_000;

  private final Store store;
  private final Target target;
  private final String database;
  private final @Nullable String policy;
  private final QueryBudget budget;
  private final PointBatch batch = new PointBatch();
  private long written;

  /**
   * @throws QueryException if the target's database or policy does not exist
   */
  IntoWriter(Store store, Target target, OpenSnapshots snapshots, QueryBudget budget) {
    this.store = store;
    this.target = target;
    this.budget = budget;
    database = snapshots.database(target.database());
    policy = snapshots.policy(database, target.policy());
  }

  /** Writes all rows and answers how many there were, as InfluxDB does. */
  List<Table> write(StatementResult rows) {
    while (rows.nextSeries()) {
      ResultSeries series = rows.series();
      String name = target.measurement();
      byte[] key = SeriesKey.of(name == null ? series.name() : name, series.tags()).toBytes();
      byte[][] names =
          series.columns().stream()
              .map(column -> column.getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
      while (rows.nextBlock()) {
        add(key, names, rows.block());
      }
    }
    flush();
    return List.of(
        new Table("result", List.of("time", "written"), List.of(List.of(EPOCH, written))));
  }

  private void add(byte[] key, byte[][] names, ResultBlock block) {
    ResultColumn[] columns = new ResultColumn[names.length];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = block.column(c);
    }
    long[] times = columns[0].longs();
    for (int row = 0; row < block.rowCount(); row++) {
      batch.beginRow(key, 0, key.length);
      boolean any = false;
      for (int c = 1; c < columns.length; c++) {
        if (!columns[c].isNull(row)) {
          add(names[c], columns[c], row);
          any = true;
        }
      }
      if (any) {
        batch.endRow(times[row]);
      } else {
        batch.abandonRow();
      }
      if (batch.rowCount() >= BATCH_ROWS || batch.valueCount() >= BATCH_VALUES) {
        flush();
      }
    }
  }

  private void add(byte[] name, ResultColumn column, int row) {
    switch (column.kind()) {
      case FLOAT ->
          batch.addFloat(name, 0, name.length, column.doubles()[row], PointBatch.UNKNOWN_DECIMALS);
      case INTEGER, TIME -> batch.addInteger(name, 0, name.length, column.longs()[row]);
      case UNSIGNED -> batch.addUnsigned(name, 0, name.length, column.longs()[row]);
      case BOOLEAN -> batch.addBoolean(name, 0, name.length, column.longs()[row] != 0);
      case STRING -> {
        byte[] text = column.strings()[row];
        batch.addString(name, 0, name.length, text, 0, text.length);
      }
      case LIST -> throw new IllegalStateException("a SELECT answers no lists");
    }
  }

  private void flush() {
    if (batch.rowCount() == 0) {
      return;
    }
    budget.checkCancelled();
    WriteResult result = store.write(database, policy, batch);
    if (result.droppedRows() > 0) {
      throw new QueryException(
          "partial write: " + result.reason() + " dropped=" + result.droppedRows());
    }
    written += result.storedRows();
    batch.clear();
  }
}
