package io.varve.query;

/** The answer of one statement, as {@link ResultCursor} passes it on; failures are exceptions. */
interface StatementResult extends AutoCloseable {
  boolean nextSeries();

  ResultSeries series();

  boolean nextBlock();

  ResultBlock block();

  @Override
  void close();
}
