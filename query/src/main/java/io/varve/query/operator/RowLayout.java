package io.varve.query.operator;

import io.varve.storage.model.FieldType;
import java.util.List;

/**
 * Where the columns of a row are that lies in one piece: numbers behind a bit for each column that
 * is null, strings apart.
 *
 * @param types of the columns
 * @param places of a column among the longs or among the strings of a row
 * @param width longs of a row
 * @param strings strings of a row
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record RowLayout(FieldType[] types, int[] places, int width, int strings) {
  static RowLayout of(List<ColumnExpression> columns) {
    int n = columns.size();
    FieldType[] types = new FieldType[n];
    int[] places = new int[n];
    int longs = (n + 63) >>> 6;
    int strings = 0;
    for (int c = 0; c < n; c++) {
      types[c] = columns.get(c).type();
      places[c] = types[c] == FieldType.STRING ? strings++ : longs++;
    }
    return new RowLayout(types, places, longs, strings);
  }

  /** Longs in front of a row's numbers. */
  int nullWords() {
    return (types.length + 63) >>> 6;
  }

  int columns() {
    return types.length;
  }

  boolean isString(int column) {
    return types[column] == FieldType.STRING;
  }
}
