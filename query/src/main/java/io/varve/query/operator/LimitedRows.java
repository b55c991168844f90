package io.varve.query.operator;

/** LIMIT and OFFSET: some rows of each group. */
public final class LimitedRows implements RowSource {
  private final RowSource source;
  private final long offset;
  private final long limit;
  private long toSkip;
  private long left;
  private Block block;

  /**
   * @param limit rows per group at most; 0 for all
   */
  public LimitedRows(RowSource source, long limit, long offset) {
    this.source = source;
    this.limit = limit == 0 ? Long.MAX_VALUE : limit;
    this.offset = offset;
    block = source.block();
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
      block = source.block();
      if (toSkip >= block.rowCount()) {
        toSkip -= block.rowCount();
        continue;
      }
      if (toSkip > 0) {
        block = block.withoutFirst((int) toSkip);
        toSkip = 0;
      }
      if (block.rowCount() > left) {
        block.truncate((int) left);
      }
      left -= block.rowCount();
      return true;
    }
    return false;
  }

  @Override
  public Block block() {
    return block;
  }

  @Override
  public void close() {
    source.close();
  }
}
