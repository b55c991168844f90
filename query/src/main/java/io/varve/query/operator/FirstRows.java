package io.varve.query.operator;

import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.FieldType;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Raw rows when every group is a single series of which few rows are wanted, as of {@code LIMIT 1}.
 * With thousands of series what counts is what a series costs, so the rows of many lie in one
 * block, of which each group gets a part.
 *
 * <p>Groups are read in parts by several threads, if there is much to read. What is waiting then
 * are two parts a worker, of some 100 KiB each, or a row of a few series if rows are wider than
 * that; so little that nobody counts it.
 */
final class FirstRows implements RowSource {
  /** More rows of a series are read by {@link SeriesRows}. */
  static final long MAX_ROWS = 8;

  private static final int MAX_PART_GROUPS = 256;
  private static final int MIN_PART_GROUPS = 4;

  /** Rows times columns of a part. */
  private static final int MAX_PART_CELLS = 16 * 1024;

  /**
   * The rows of some groups.
   *
   * @param rows of all of them, with room for all that each may have; not changed any more
   * @param counts by group, how many there are
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Part(Block rows, int[] counts) {}

  private final RawPlan plan;
  private final QueryBudget budget;
  private final int partGroups;
  private final BlockRun<Part> run;
  private final Block block;
  private @Nullable Part part;
  private int group = -1;
  private boolean blockGiven;

  FirstRows(RawPlan plan, boolean alone, QueryBudget budget) {
    this.plan = plan;
    this.budget = budget;
    int columns = plan.outputs().size();
    block = new Block(columns);
    long most = MAX_PART_CELLS / (plan.maxRows() * (columns + 1));
    most = Math.max(MIN_PART_GROUPS, Math.min(MAX_PART_GROUPS, most));
    partGroups = (int) Math.min(most, ColumnBatch.MAX_ROWS / plan.maxRows());
    int parts = (plan.groups().size() + partGroups - 1) / partGroups;
    run = new BlockRun<>(budget.resources(), parts, alone || budget.isPart(), this::read);
  }

  private Part read(int number, BooleanSupplier stopped) {
    int from = number * partGroups;
    int to = Math.min(plan.groups().size(), from + partGroups);
    try (QueryBudget own = budget.part(stopped)) {
      return new Reading(plan, plan.groups().subList(from, to), own).read();
    }
  }

  @Override
  public boolean nextGroup() {
    blockGiven = false;
    if (++group >= plan.groups().size()) {
      group = plan.groups().size();
      return false;
    }
    if (group % partGroups == 0) {
      budget.checkCancelled();
      part = run.take();
    }
    return true;
  }

  @Override
  public Group group() {
    return plan.groups().get(group);
  }

  @Override
  public boolean nextBlock() {
    Part current = part;
    if (blockGiven || current == null || group == plan.groups().size()) {
      return false;
    }
    blockGiven = true;
    int place = group % partGroups;
    int count = current.counts()[place];
    if (count > 0) {
      block.become(current.rows(), place * (int) plan.maxRows(), count);
    }
    return count > 0;
  }

  @Override
  public Block block() {
    return block;
  }

  @Override
  public void close() {
    run.close();
    part = null;
  }

  /** Reads one part; for one thread. */
  private static final class Reading {
    private final RawPlan whole;
    private final List<Group> groups;
    private final QueryBudget budget;
    private final @Nullable NewestFirst newest;
    private final Column[] columns;
    private final long[] times;
    private final int[] counts;

    Reading(RawPlan whole, List<Group> groups, QueryBudget budget) {
      this.whole = whole;
      this.groups = groups;
      this.budget = budget;
      counts = new int[groups.size()];
      newest = NewestFirst.of(whole, groups);
      if (newest != null) {
        columns = newest.columns();
        times = newest.times();
        return;
      }
      int most = (int) (counts.length * whole.maxRows());
      times = new long[most];
      columns = new Column[whole.outputs().size()];
      for (int c = 0; c < columns.length; c++) {
        Vector column = new Vector(whole.outputs().get(c).type(), most);
        column.reset(most);
        columns[c] = column;
      }
    }

    Part read() {
      List<Group> others = newest == null ? groups : newest.others();
      try (Scan scan = others.isEmpty() ? null : new Scan(whole.part(others))) {
        for (int g = 0; g < counts.length; g++) {
          if (newest != null && newest.has(g)) {
            budget.readPoints(1);
            counts[g] = 1;
          } else if (scan != null) {
            counts[g] = scan.readGroup(g * (int) whole.maxRows());
          }
        }
      }
      Block block = new Block(columns.length);
      block.reset(times.length, times);
      for (int c = 0; c < columns.length; c++) {
        block.set(c, columns[c]);
      }
      return new Part(block, counts);
    }

    /** Reads the groups that need it. */
    private final class Scan implements AutoCloseable {
      private final RawPlan plan;
      private final RowSelector selector;
      private final GroupScan scan;
      private final int[] positions;

      Scan(RawPlan plan) {
        this.plan = plan;
        selector = new RowSelector(plan.fieldInputs());
        positions = new int[(int) plan.maxRows()];
        scan =
            new GroupScan(plan.sources(), plan.groups(), plan.range(), plan.descending(), budget);
      }

      /** Puts the rows of the next group where its first belongs; the answer is how many. */
      int readGroup(int first) {
        if (!scan.nextGroup() || !scan.nextSeries()) {
          return 0;
        }
        int rows = 0;
        while (rows < positions.length && scan.nextBatch()) {
          BatchInputs inputs = scan.inputs();
          selector.select(inputs);
          int count = Math.min(positions.length - rows, selector.count());
          if (count > 0) {
            put(first + rows, inputs, count);
            rows += count;
          }
        }
        return rows;
      }

      private void put(int row, BatchInputs inputs, int count) {
        ColumnBatch batch = inputs.batch();
        for (int i = 0; i < count; i++) {
          positions[i] = selector.row(plan.descending() ? selector.count() - 1 - i : i);
        }
        boolean onlyLast = count == 1 && positions[0] == batch.rowCount() - 1;
        if (onlyLast) {
          times[row] = batch.lastTimestampNanos();
        } else {
          long[] from = batch.timestampsNanos();
          for (int i = 0; i < count; i++) {
            times[row + i] = from[positions[i]];
          }
        }
        for (int c = 0; c < columns.length; c++) {
          // Codes of tags are there already.
          if (columns[c] instanceof Vector column) {
            put(row, plan.outputs().get(c).evaluate(inputs), count, onlyLast, column);
          }
        }
      }

      private void put(int row, Column from, int count, boolean onlyLast, Vector into) {
        if (from instanceof TagColumn tag) {
          for (int i = 0; i < count; i++) {
            into.setString(row + i, tag.value());
          }
        } else if (!onlyLast || !SeriesRows.setLast(from, into, row)) {
          copy(row, from, count, into);
        }
      }

      /** Texts of fields are copied, as those of a batch may change with the next. */
      private void copy(int row, Column from, int count, Vector into) {
        for (int i = 0; i < count; i++) {
          into.copy(row + i, from, positions[i]);
          if (into.type() == FieldType.STRING && into.isPresent(row + i)) {
            into.setString(row + i, into.strings()[row + i].clone());
          }
        }
      }

      @Override
      public void close() {
        scan.close();
      }
    }
  }
}
