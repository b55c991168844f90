package io.varve.query.operator;

import org.jspecify.annotations.Nullable;

/** A tag of rows of many series, as the numbers of those. */
final class RunColumn extends CodedColumn {
  private final int column;
  private RowRuns.@Nullable Tags tags;

  RunColumn(int column) {
    this.column = column;
  }

  /** Comes to other rows. */
  void set(RowRuns.Tags newTags, int[] series, int count) {
    tags = newTags;
    set(series, count);
  }

  @Override
  public byte @Nullable [] text(int code) {
    return tags().value(code, column);
  }

  @Override
  public Object space() {
    return tags();
  }

  private RowRuns.Tags tags() {
    if (tags == null) {
      throw new IllegalStateException("no rows");
    }
    return tags;
  }
}
