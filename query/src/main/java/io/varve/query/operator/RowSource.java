package io.varve.query.operator;

import io.varve.query.ResultBlock;
import io.varve.query.ResultCursor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Rows of output series, read forward: groups, in them blocks.
 *
 * <p>The block belongs to the source and holds until its next move. For one thread; closed by
 * whoever opened it.
 */
public interface RowSource extends AutoCloseable {
  /** Moves to the next group, even one without rows; false after the last. */
  boolean nextGroup();

  /** The current group. */
  Group group();

  /** Moves to the next non-empty block of the group; false after the last. */
  boolean nextBlock();

  Block block();

  /** Shares the blocks at hand among threads, as {@link ResultCursor#shareBlocks} says. */
  default <T> void shareBlocks(Function<ResultBlock, T> work, Consumer<T> results) {}

  @Override
  void close();
}
