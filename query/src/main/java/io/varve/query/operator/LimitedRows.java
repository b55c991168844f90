package io.varve.query.operator;

import io.varve.query.ResultBlock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** LIMIT and OFFSET: some rows of each group. */
public final class LimitedRows implements RowSource {
  private final RowSource source;
  private final long offset;
  private final long limit;
  private long toSkip;
  private long left;
  private @Nullable Block block;

  /**
   * @param limit rows per group at most; 0 for all
   */
  public LimitedRows(RowSource source, long limit, long offset) {
    this.source = source;
    this.limit = limit == 0 ? Long.MAX_VALUE : limit;
    this.offset = offset;
  }

  @Override
  public boolean nextGroup() {
    toSkip = offset;
    left = limit;
    return source.nextGroup();
  }

  @Override
  public Group group() {
    return source.group();
  }

  @Override
  public boolean nextBlock() {
    while (left > 0 && source.nextBlock()) {
      Block rows = source.block();
      if (toSkip >= rows.rowCount()) {
        toSkip -= rows.rowCount();
        continue;
      }
      if (toSkip > 0) {
        rows = rows.withoutFirst((int) toSkip);
        toSkip = 0;
      }
      if (rows.rowCount() > left) {
        rows.truncate((int) left);
      }
      left -= rows.rowCount();
      block = rows;
      return true;
    }
    return false;
  }

  @Override
  public Block block() {
    return block == null ? source.block() : block;
  }

  @Override
  public <T> void shareBlocks(Function<ResultBlock, T> work, Consumer<T> results) {
    if (limit == Long.MAX_VALUE && toSkip == 0) {
      source.shareBlocks(work, results);
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
