package io.varve.query;

import java.util.function.Consumer;
import java.util.function.Function;

/** The answer of one statement, as {@link ResultCursor} passes it on; failures are exceptions. */
interface StatementResult extends AutoCloseable {
  boolean nextSeries();

  ResultSeries series();

  boolean nextBlock();

  ResultBlock block();

  default <T> void shareBlocks(Function<ResultBlock, T> work, Consumer<T> results) {}

  @Override
  void close();
}
