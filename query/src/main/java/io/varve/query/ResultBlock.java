package io.varve.query;

/** Some rows of an answer, column by column; owned by the {@link ResultCursor}. */
public interface ResultBlock {
  /** Rows in this block, at least 1. */
  int rowCount();

  ResultColumn column(int index);
}
