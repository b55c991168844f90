package io.varve.server.encode;

import io.varve.query.CodedTexts;
import io.varve.query.ResultBlock;
import io.varve.query.ResultColumn;
import org.jspecify.annotations.Nullable;

/** The arrays of the columns of a block, looked up once so that cells cost no calls. */
final class BlockArrays {
  ResultColumn[] columns = new ResultColumn[0];
  ResultColumn.Kind[] kinds = new ResultColumn.Kind[0];
  long[][] longs = new long[0][];
  double[][] doubles = new double[0][];
  byte[][][] strings = new byte[0][][];
  private boolean[] nullable = new boolean[0];
  int columnCount;

  /** Columns of texts as codes, if those are asked for; their arrays are not filled then. */
  @Nullable CodedTexts[] coded = new CodedTexts[0];

  /** Chooses the block whose rows come next. */
  void use(ResultBlock block, int columnCount) {
    use(block, columnCount, false);
  }

  /** As the other {@code use}, with or without codes. */
  void use(ResultBlock block, int columnCount, boolean withCodes) {
    this.columnCount = columnCount;
    if (columns.length < columnCount) {
      columns = new ResultColumn[columnCount];
      kinds = new ResultColumn.Kind[columnCount];
      longs = new long[columnCount][];
      doubles = new double[columnCount][];
      strings = new byte[columnCount][][];
      nullable = new boolean[columnCount];
      coded = new CodedTexts[columnCount];
    }
    for (int i = 0; i < columnCount; i++) {
      ResultColumn column = block.column(i);
      columns[i] = column;
      kinds[i] = column.kind();
      coded[i] = withCodes ? column.coded() : null;
      if (coded[i] != null) {
        continue;
      }
      nullable[i] = column.mayHaveNulls();
      switch (kinds[i]) {
        case FLOAT -> doubles[i] = column.doubles();
        case STRING, LIST -> strings[i] = column.strings();
        default -> longs[i] = column.longs();
      }
    }
  }

  boolean isNull(int column, int row) {
    return nullable[column] && columns[column].isNull(row);
  }
}
