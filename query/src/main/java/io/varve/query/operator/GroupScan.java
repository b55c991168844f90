package io.varve.query.operator;

import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.model.TimeRange;
import java.util.List;

/**
 * One pass over the series of all groups, group by group, with a single storage cursor per source.
 */
final class GroupScan implements AutoCloseable {
  private final List<Group> groups;
  private final BatchInputs[] inputs;
  private final SeriesCursor[] cursors;
  private final QueryBudget budget;
  private int group = -1;
  private int source;
  private int seriesLeft;

  GroupScan(
      List<ScanSource> sources,
      List<Group> groups,
      TimeRange range,
      boolean descending,
      QueryBudget budget) {
    this.groups = groups;
    this.budget = budget;
    inputs = new BatchInputs[sources.size()];
    cursors = new SeriesCursor[sources.size()];
    try {
      for (int s = 0; s < cursors.length; s++) {
        ScanSource from = sources.get(s);
        inputs[s] = new BatchInputs(from);
        cursors[s] =
            from.reader().scan(new ScanSpec(seriesOf(s), from.fieldIds(), range, descending));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private int[] seriesOf(int source) {
    int total = 0;
    for (Group g : groups) {
      total += g.seriesIds()[source].length;
    }
    int[] ids = new int[total];
    int at = 0;
    for (Group g : groups) {
      int[] some = g.seriesIds()[source];
      System.arraycopy(some, 0, ids, at, some.length);
      at += some.length;
    }
    return ids;
  }

  /** Moves to the next group; series of the group before that were not visited are passed over. */
  boolean nextGroup() {
    if (group >= 0 && group < groups.size()) {
      skipGroup();
    }
    if (++group >= groups.size()) {
      group = groups.size();
      return false;
    }
    source = 0;
    seriesLeft = groups.get(group).seriesIds()[0].length;
    return true;
  }

  /** Passes over the series of the group that were not visited, without looking at their tags. */
  void skipGroup() {
    while (true) {
      for (; seriesLeft > 0; seriesLeft--) {
        cursors[source].nextSeries();
      }
      if (source + 1 >= cursors.length) {
        return;
      }
      source++;
      seriesLeft = groups.get(group).seriesIds()[source].length;
    }
  }

  Group group() {
    return groups.get(group);
  }

  /** Moves to the next series of the group of which some rows may count. */
  boolean nextSeries() {
    while (true) {
      if (seriesLeft == 0) {
        if (source + 1 >= cursors.length) {
          return false;
        }
        source++;
        seriesLeft = groups.get(group).seriesIds()[source].length;
      } else {
        seriesLeft--;
        if (!cursors[source].nextSeries()) {
          throw new IllegalStateException("a scan ended before its last series");
        }
        if (inputs[source].setSeries(cursors[source].seriesId())) {
          return true;
        }
      }
    }
  }

  /** Moves to the next batch of the series. */
  boolean nextBatch() {
    budget.checkCancelled();
    if (!cursors[source].nextBatch()) {
      return false;
    }
    inputs[source].setBatch(cursors[source].batch());
    budget.readPoints(cursors[source].batch().rowCount());
    return true;
  }

  /** The current batch. */
  BatchInputs inputs() {
    return inputs[source];
  }

  @Override
  public void close() {
    for (SeriesCursor cursor : cursors) {
      if (cursor != null) {
        cursor.close();
      }
    }
  }
}
