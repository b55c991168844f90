package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code top} and {@code bottom}: the rows with the greatest or smallest values, in the order of
 * time; of equal values the earlier ones.
 *
 * <p>Without tags a heap with the worst row on top keeps no more rows than are asked for. With tags
 * the best row for each combination of their values is kept, and the choice is made at the end.
 */
final class TopPicker implements RowPicker {
  private final int wanted;
  private final int tagCount;
  private final boolean top;
  private final boolean descending;
  private final QueryBudget budget;
  private final RowBuffer kept;
  private long[] values = new long[16];
  private int[] heap = new int[16];
  private int size;

  /** The kept row of each combination of tags, and the combination seen last. */
  private final Map<String, Integer> rowOfTags = new HashMap<>();

  private final byte[][] lastTags;
  private int lastTagsRow = -1;

  TopPicker(PickPlan plan, boolean top, QueryBudget budget) {
    this.top = top;
    this.budget = budget;
    wanted = (int) Math.min(1 << 30, plan.parameter());
    tagCount = plan.tagCount();
    descending = plan.input().descending();
    kept = new RowBuffer(plan.input().outputs());
    lastTags = new byte[tagCount][];
  }

  @Override
  public void begin() {
    kept.clear();
    size = 0;
    rowOfTags.clear();
    lastTagsRow = -1;
  }

  @Override
  public void add(long timestampNanos, Column[] columns, int row) {
    long value = RowPickers.sortable(columns[0], row);
    if (tagCount > 0) {
      addTagged(timestampNanos, value, columns, row);
    } else if (size < wanted) {
      int at = append(timestampNanos, value, columns, row);
      heap[at] = at;
      siftUp(at);
    } else if (isBetter(value, timestampNanos, heap[0])) {
      replace(heap[0], timestampNanos, value, columns, row);
      siftDown();
    }
  }

  private int append(long time, long value, Column[] columns, int row) {
    if (size == values.length) {
      budget.checkStateBytes(kept.bytes() * 2 + 2L * size * (Long.BYTES + Integer.BYTES));
      values = Arrays.copyOf(values, size * 2);
      heap = Arrays.copyOf(heap, size * 2);
    }
    kept.append(time);
    RowPickers.copy(kept, size, columns, row);
    values[size] = value;
    return size++;
  }

  private void replace(int at, long time, long value, Column[] columns, int row) {
    kept.overwrite(at, time);
    RowPickers.copy(kept, at, columns, row);
    values[at] = value;
  }

  private void addTagged(long time, long value, Column[] columns, int row) {
    if (!sameTags(columns, row)) {
      Integer found = rowOfTags.get(tags(columns, row));
      if (found == null) {
        lastTagsRow = append(time, value, columns, row);
        rowOfTags.put(tags(columns, row), lastTagsRow);
        return;
      }
      lastTagsRow = found;
    }
    if (isBetter(value, time, lastTagsRow)) {
      replace(lastTagsRow, time, value, columns, row);
    }
  }

  private boolean sameTags(Column[] columns, int row) {
    boolean same = lastTagsRow >= 0;
    for (int t = 0; t < tagCount; t++) {
      byte[] tag = tag(columns[t + 1], row);
      same &= tag == lastTags[t];
      lastTags[t] = tag;
    }
    return same;
  }

  private static final byte[] NO_TAG = new byte[0];

  private static byte[] tag(Column column, int row) {
    boolean present = !column.isAbsent() && Bitmap.get(column.presence(), row);
    return present ? column.strings()[row] : NO_TAG;
  }

  private String tags(Column[] columns, int row) {
    StringBuilder text = new StringBuilder();
    for (int t = 0; t < tagCount; t++) {
      byte[] tag = tag(columns[t + 1], row);
      text.append(tag.length).append(':').append(new String(tag, StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  private boolean isBetter(long value, long time, int than) {
    int order = Long.compare(value, values[than]);
    return order == 0 ? time < kept.timeOf(than) : order > 0 == top;
  }

  private boolean isBetter(int row, int than) {
    return isBetter(values[row], kept.timeOf(row), than);
  }

  private void siftUp(int from) {
    int at = from;
    while (at > 0 && isBetter(heap[(at - 1) / 2], heap[at])) {
      swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
  }

  private void siftDown() {
    int at = 0;
    while (true) {
      int worst = at;
      for (int child = 2 * at + 1; child <= 2 * at + 2 && child < size; child++) {
        if (isBetter(heap[worst], heap[child])) {
          worst = child;
        }
      }
      if (worst == at) {
        return;
      }
      swap(at, worst);
      at = worst;
    }
  }

  private void swap(int a, int b) {
    int held = heap[a];
    heap[a] = heap[b];
    heap[b] = held;
  }

  @Override
  public void finish(RowBuffer into, long windowNanos) {
    int[] rows = RowRefs.range(size);
    int count = size;
    if (count > wanted) {
      RowRefs.sort(
          rows,
          count,
          (a, b) -> isBetter(a, b) ? -1 : (isBetter(b, a) ? 1 : 0),
          budget::checkCancelled);
      count = wanted;
    }
    int sign = descending ? -1 : 1;
    // At one time, better ones first.
    RowRefs.sort(
        rows,
        count,
        (a, b) -> {
          int order = sign * Long.compare(kept.timeOf(a), kept.timeOf(b));
          return order != 0 ? order : (isBetter(a, b) ? -1 : (isBetter(b, a) ? 1 : 0));
        },
        budget::checkCancelled);
    for (int i = 0; i < count; i++) {
      into.append(kept, rows[i], kept.timeOf(rows[i]));
    }
    begin();
  }
}
