package io.varve.query.operator;

import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.NewestRows;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TagReader;
import java.util.ArrayList;
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
   * @param rows of all of them, in order; not changed any more
   * @param ends by group, where its rows end
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Part(Block rows, int[] ends) {}

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
    int first = place == 0 ? 0 : current.ends()[place - 1];
    int count = current.ends()[place] - first;
    if (count > 0) {
      block.become(current.rows(), first, count);
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
    private final Vector[] columns;
    private final long[] times;
    private final int[] ends;
    private int rows;

    Reading(RawPlan whole, List<Group> groups, QueryBudget budget) {
      this.whole = whole;
      this.groups = groups;
      this.budget = budget;
      ends = new int[groups.size()];
      int most = (int) (ends.length * whole.maxRows());
      times = new long[most];
      columns = new Vector[whole.outputs().size()];
      for (int c = 0; c < columns.length; c++) {
        columns[c] = new Vector(whole.outputs().get(c).type(), most);
        columns[c].reset(most);
      }
    }

    Part read() {
      NewestFirst newest = NewestFirst.of(whole, groups);
      List<Group> others = newest == null ? groups : newest.others();
      try (Scan scan = others.isEmpty() ? null : new Scan(whole.part(others))) {
        for (int g = 0; g < ends.length; g++) {
          if (newest != null && newest.put(g, rows, times, columns)) {
            budget.readPoints(1);
            rows++;
          } else if (scan != null) {
            scan.readGroup();
          }
          ends[g] = rows;
        }
      }
      Block block = new Block(columns.length);
      block.reset(rows, times);
      for (int c = 0; c < columns.length; c++) {
        columns[c].shorten(rows);
        block.set(c, columns[c]);
      }
      return new Part(block, ends);
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

      void readGroup() {
        if (!scan.nextGroup() || !scan.nextSeries()) {
          return;
        }
        int left = positions.length;
        while (left > 0 && scan.nextBatch()) {
          BatchInputs inputs = scan.inputs();
          selector.select(inputs);
          int count = Math.min(left, selector.count());
          if (count > 0) {
            left -= count;
            add(inputs, count);
          }
        }
      }

      private void add(BatchInputs inputs, int count) {
        ColumnBatch batch = inputs.batch();
        for (int i = 0; i < count; i++) {
          positions[i] = selector.row(plan.descending() ? selector.count() - 1 - i : i);
        }
        boolean onlyLast = count == 1 && positions[0] == batch.rowCount() - 1;
        if (onlyLast) {
          times[rows] = batch.lastTimestampNanos();
        } else {
          long[] from = batch.timestampsNanos();
          for (int i = 0; i < count; i++) {
            times[rows + i] = from[positions[i]];
          }
        }
        for (int c = 0; c < columns.length; c++) {
          Column from = plan.outputs().get(c).evaluate(inputs);
          if (from instanceof TagColumn tag) {
            for (int i = 0; i < count; i++) {
              columns[c].setString(rows + i, tag.value());
            }
          } else if (!onlyLast || !SeriesRows.setLast(from, columns[c], rows)) {
            copy(from, count, columns[c]);
          }
        }
        rows += count;
      }

      /** Texts of fields are copied, as those of a batch may change with the next. */
      private void copy(Column from, int count, Vector into) {
        for (int i = 0; i < count; i++) {
          into.copy(rows + i, from, positions[i]);
          if (into.type() == FieldType.STRING && into.isPresent(rows + i)) {
            into.setString(rows + i, into.strings()[rows + i].clone());
          }
        }
      }

      @Override
      public void close() {
        scan.close();
      }
    }
  }

  /** The rows that are to be had without a scan, if the newest row of each series is wanted. */
  private static final class NewestFirst {
    private final List<Group> groups;
    private final int[] seriesIds;
    private final NewestRows found;

    /** By output: the field whose value it is, or {@code -1 - n} for tag number n. */
    private final int[] origins;

    private final TagReader tags;

    private NewestFirst(RawPlan plan, List<Group> groups, int[] origins, List<String> tagKeys) {
      ScanSource source = plan.sources().get(0);
      this.groups = groups;
      seriesIds = new int[groups.size()];
      for (int g = 0; g < seriesIds.length; g++) {
        seriesIds[g] = groups.get(g).seriesIds()[0][0];
      }
      this.origins = origins;
      tags = source.reader().tags(tagKeys);
      found = new NewestRows(seriesIds, source.fieldIds(), plan.range());
      source.reader().read(found);
    }

    /** Null if other rows than the newest are wanted, or what has to be computed. */
    static @Nullable NewestFirst of(RawPlan plan, List<Group> groups) {
      if (plan.maxRows() != 1
          || !plan.descending()
          || plan.sources().size() != 1
          || plan.sources().get(0).condition() != RowCondition.TRUE) {
        return null;
      }
      List<InputColumn> inputs = plan.sources().get(0).inputs();
      List<String> tagKeys = new ArrayList<>();
      int[] origins = new int[plan.outputs().size()];
      for (int c = 0; c < origins.length; c++) {
        if (!(plan.outputs().get(c) instanceof ColumnExpression.Input input)) {
          return null;
        }
        InputColumn column = inputs.get(input.index());
        String tag = column.tag();
        if (tag == null) {
          origins[c] = column.storedColumn();
          if (origins[c] < 0) {
            return null;
          }
          continue;
        }
        if (!tagKeys.contains(tag)) {
          tagKeys.add(tag);
        }
        origins[c] = -1 - tagKeys.indexOf(tag);
      }
      return new NewestFirst(plan, groups, origins, tagKeys);
    }

    List<Group> others() {
      List<Group> others = new ArrayList<>();
      for (int g = 0; g < seriesIds.length; g++) {
        if (!found.isFound(g)) {
          others.add(groups.get(g));
        }
      }
      return others;
    }

    /** Puts the row of a group at its place; false if it has to be looked for. */
    boolean put(int g, int row, long[] times, Vector[] columns) {
      if (!found.isFound(g)) {
        return false;
      }
      times[row] = found.timestampNanos(g);
      tags.read(seriesIds[g]);
      for (int c = 0; c < columns.length; c++) {
        int origin = origins[c];
        if (origin < 0) {
          byte[] value = tags.value(-1 - origin);
          if (value.length > 0) {
            columns[c].setString(row, value);
          }
        } else if (columns[c].type() == FieldType.FLOAT) {
          columns[c].setDouble(row, Double.longBitsToDouble(found.bits(origin)[g]));
        } else {
          columns[c].setLong(row, found.bits(origin)[g]);
        }
      }
      return true;
    }
  }
}
