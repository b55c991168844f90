package io.varve.server.encode;

import io.varve.query.ResultBlock;
import io.varve.query.ResultColumn;
import java.time.ZoneId;

/**
 * Writes the rows of a block as JSON arrays.
 *
 * <p>The arrays of the columns are looked up once per block; a cell then costs a null test, a
 * switch and its digits. Only the first column follows the request's epoch, as in InfluxDB. NaN and
 * the infinities, which JSON does not have, become null.
 */
final class RowWriter {
  private final ByteWriter out;
  private final NumberWriter numbers;
  private final TimeWriter firstTime;
  private final TimeWriter otherTimes;
  private final JsonText text;

  private int columnCount;
  private ResultColumn[] columns = new ResultColumn[0];
  private ResultColumn.Kind[] kinds = new ResultColumn.Kind[0];
  private long[][] longs = new long[0][];
  private double[][] doubles = new double[0][];
  private byte[][][] strings = new byte[0][][];

  RowWriter(ByteWriter out, Epoch epoch, JsonText text) {
    this.out = out;
    this.text = text;
    numbers = new NumberWriter(out);
    firstTime = new TimeWriter(out, epoch);
    otherTimes = new TimeWriter(out, Epoch.RFC3339);
  }

  /** Chooses the zone of times that are written as text. */
  void useZone(ZoneId zone) {
    firstTime.useZone(zone);
    otherTimes.useZone(zone);
  }

  /** Chooses the block whose rows come next. */
  void use(ResultBlock block, int columnCount) {
    this.columnCount = columnCount;
    if (columns.length < columnCount) {
      columns = new ResultColumn[columnCount];
      kinds = new ResultColumn.Kind[columnCount];
      longs = new long[columnCount][];
      doubles = new double[columnCount][];
      strings = new byte[columnCount][][];
    }
    for (int i = 0; i < columnCount; i++) {
      ResultColumn column = block.column(i);
      columns[i] = column;
      kinds[i] = column.kind();
      switch (kinds[i]) {
        case FLOAT -> doubles[i] = column.doubles();
        case STRING -> strings[i] = column.strings();
        default -> longs[i] = column.longs();
      }
    }
  }

  void write(int row) {
    out.write('[');
    for (int column = 0; column < columnCount; column++) {
      if (column > 0) {
        out.write(',');
      }
      if (columns[column].isNull(row)) {
        out.writeAscii("null");
      } else {
        writeCell(column, row);
      }
    }
    out.write(']');
  }

  private void writeCell(int column, int row) {
    switch (kinds[column]) {
      case TIME -> (column == 0 ? firstTime : otherTimes).write(longs[column][row], '"');
      case INTEGER -> out.writeLong(longs[column][row]);
      case UNSIGNED -> out.writeUnsigned(longs[column][row]);
      case BOOLEAN -> out.writeAscii(longs[column][row] == 0 ? "false" : "true");
      case FLOAT -> {
        double value = doubles[column][row];
        if (Double.isFinite(value)) {
          numbers.writeJson(value);
        } else {
          out.writeAscii("null");
        }
      }
      case STRING -> text.write(strings[column][row]);
    }
  }
}
