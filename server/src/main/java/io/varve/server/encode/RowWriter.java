package io.varve.server.encode;

import io.varve.query.ResultBlock;
import java.time.ZoneId;
import java.util.Arrays;

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

  private final BlockArrays block = new BlockArrays();

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
  void use(ResultBlock next, int columnCount) {
    block.use(next, columnCount);
  }

  void write(int row) {
    out.write('[');
    for (int column = 0; column < block.columnCount; column++) {
      if (column > 0) {
        out.write(',');
      }
      if (block.isNull(column, row)) {
        out.writeAscii("null");
      } else {
        writeCell(column, row);
      }
    }
    out.write(']');
  }

  private void writeList(byte[] texts) {
    out.write('[');
    int start = 0;
    for (int i = 0; i <= texts.length; i++) {
      if (i == texts.length || texts[i] == '\n') {
        if (start > 0) {
          out.write(',');
        }
        text.write(Arrays.copyOfRange(texts, start, i));
        start = i + 1;
      }
    }
    out.write(']');
  }

  private void writeCell(int column, int row) {
    switch (block.kinds[column]) {
      case TIME -> (column == 0 ? firstTime : otherTimes).write(block.longs[column][row], '"');
      case INTEGER -> out.writeLong(block.longs[column][row]);
      case UNSIGNED -> out.writeUnsigned(block.longs[column][row]);
      case BOOLEAN -> out.writeAscii(block.longs[column][row] == 0 ? "false" : "true");
      case FLOAT -> {
        double value = block.doubles[column][row];
        if (Double.isFinite(value)) {
          numbers.writeJson(value);
        } else {
          out.writeAscii("null");
        }
      }
      case STRING -> text.write(block.strings[column][row]);
      case LIST -> writeList(block.strings[column][row]);
    }
  }
}
