package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.model.TagReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input columns of the current batch of one source, each read once, and the rows that its
 * condition keeps.
 */
final class BatchInputs implements ColumnExpression.Inputs {
  private final ScanSource source;
  private final InputColumn[] inputs;
  private final @Nullable Column[] columns;

  /** The inputs that are tags, in the order of {@link #tagReader}. */
  private final InputColumn[] tags;

  /** Null if no input is a tag. */
  private final @Nullable TagReader tagReader;

  private final long[] kept = new long[Bitmap.WORDS];
  private RowCondition condition;
  private @Nullable ColumnBatch batch;

  BatchInputs(ScanSource source) {
    this.source = source;
    inputs = source.inputs().toArray(new InputColumn[0]);
    columns = new @Nullable Column[inputs.length];
    condition = source.condition();
    List<String> tagKeys = new ArrayList<>();
    List<InputColumn> tagInputs = new ArrayList<>();
    for (InputColumn input : inputs) {
      String tag = input.tag();
      if (tag != null) {
        tagKeys.add(tag);
        tagInputs.add(input);
      }
    }
    tags = tagInputs.toArray(new InputColumn[0]);
    tagReader = tags.length == 0 ? null : source.reader().tags(tagKeys);
  }

  /** Comes to a series; false if none of its rows can count. */
  boolean setSeries(int seriesId) {
    if (tagReader != null) {
      tagReader.read(seriesId);
      for (int i = 0; i < tags.length; i++) {
        tags[i].setTag(tagReader.value(i));
      }
    }
    if (source.condition().needsKey()) {
      condition = source.condition().bind(source.reader().key(seriesId));
    }
    return condition != RowCondition.FALSE;
  }

  void setBatch(ColumnBatch batch) {
    this.batch = batch;
    for (int i = 0; i < columns.length; i++) {
      columns[i] = null;
    }
  }

  ColumnBatch batch() {
    ColumnBatch current = batch;
    if (current == null) {
      throw new IllegalStateException("no batch");
    }
    return current;
  }

  boolean everyRowExists() {
    return source.everyRowExists();
  }

  boolean hasCondition() {
    return condition != RowCondition.TRUE;
  }

  /** The rows that the condition keeps; may be none. Only if there is a condition. */
  long[] kept() {
    condition.evaluate(this, kept);
    return kept;
  }

  @Override
  public int rowCount() {
    return batch().rowCount();
  }

  @Override
  public Column input(int index) {
    Column column = columns[index];
    if (column == null) {
      column = inputs[index].read(batch());
      columns[index] = column;
    }
    return column;
  }
}
