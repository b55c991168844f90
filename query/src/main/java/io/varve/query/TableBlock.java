package io.varve.query;

import io.varve.query.catalog.Table;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** All rows of a small table as one block. */
final class TableBlock implements ResultBlock {
  private final List<List<Object>> rows;

  /**
   * @param rows at least one; cells of a column are all of one kind
   */
  TableBlock(List<List<Object>> rows) {
    this.rows = rows;
  }

  @Override
  public int rowCount() {
    return rows.size();
  }

  @Override
  public ResultColumn column(int index) {
    byte[][] strings = new byte[rows.size()][];
    long[] longs = new long[rows.size()];
    ResultColumn.Kind kind = ResultColumn.Kind.STRING;
    for (int i = 0; i < strings.length; i++) {
      Object cell = rows.get(i).get(index);
      if (cell instanceof Long number) {
        kind = ResultColumn.Kind.INTEGER;
        longs[i] = number;
      } else if (cell instanceof Table.Time time) {
        kind = ResultColumn.Kind.TIME;
        longs[i] = time.nanos();
      } else if (cell instanceof Boolean truth) {
        kind = ResultColumn.Kind.BOOLEAN;
        longs[i] = truth ? 1 : 0;
      } else if (cell instanceof Table.Texts list) {
        kind = ResultColumn.Kind.LIST;
        strings[i] = String.join("\n", list.texts()).getBytes(StandardCharsets.UTF_8);
      } else {
        strings[i] = String.valueOf(cell).getBytes(StandardCharsets.UTF_8);
      }
    }
    return new TableColumn(kind, longs, strings);
  }

  private record TableColumn(Kind kind, long[] longs, byte[][] strings) implements ResultColumn {
    @Override
    public boolean isNull(int row) {
      return false;
    }

    @Override
    public double[] doubles() {
      return new double[0];
    }
  }
}
