package io.varve.query;

/** Some rows of an answer, column by column; owned by the {@link ResultCursor}. */
public interface ResultBlock {
  /** Rows in this block, at least 1. */
  int rowCount();

  ResultColumn column(int index);

  /**
   * The larger block that these rows are a part of, from {@link #firstRow} on; itself if there is
   * none. If it is another, it stays as it is, and blocks of the next series may be parts of it,
   * too: who reads those rows there looks its columns up once for all of them.
   */
  default ResultBlock whole() {
    return this;
  }

  /** The row of {@link #whole} that is the first one here. */
  default int firstRow() {
    return 0;
  }
}
