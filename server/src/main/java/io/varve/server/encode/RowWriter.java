package io.varve.server.encode;

import io.varve.query.CodedTexts;
import io.varve.query.ResultBlock;
import io.varve.query.ResultColumn;
import java.time.ZoneId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of a block as JSON arrays.
 *
 * <p>The arrays of the columns are looked up once per block; a cell then costs a null test, a
 * switch and its digits. Only the first column follows the request's epoch, as in InfluxDB. NaN and
 * the infinities, which JSON does not have, become null.
 */
final class RowWriter {
  /** Texts of so many bytes are put with the quick cells. */
  private static final int MAX_SHORT = 128;

  /** Room for a comma and a cell that is put quickly. */
  private static final int CELL_ROOM = MAX_SHORT + 8;

  private final ByteWriter out;
  private final NumberWriter numbers;
  private final TimeWriter firstTime;
  private final TimeWriter otherTimes;
  private final JsonText text;

  private final BlockArrays block = new BlockArrays();

  /** The block in use if it does not change. */
  private @Nullable ResultBlock staying;

  /** By their first column, the columns that are written together; null for others. */
  private @Nullable CodedCells[] stretches = new CodedCells[0];

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

  /**
   * Chooses the block whose rows come next.
   *
   * @param stays whether the block does not change as long as it is the same object
   */
  void use(ResultBlock next, int columnCount, boolean stays) {
    if (next == staying) {
      return;
    }
    staying = stays ? next : null;
    block.use(next, columnCount, true);
    if (stretches.length < columnCount) {
      stretches = new CodedCells[columnCount];
    }
    for (int column = 0; column < columnCount; column++) {
      CodedTexts first = block.coded[column];
      if (first == null) {
        stretches[column] = null;
        continue;
      }
      int end = column + 1;
      while (end < columnCount && isLike(first, block.coded[end])) {
        end++;
      }
      CodedTexts[] neighbours = new CodedTexts[end - column];
      System.arraycopy(block.coded, column, neighbours, 0, neighbours.length);
      CodedCells stretch = stretches[column] == null ? new CodedCells() : stretches[column];
      stretch.use(neighbours);
      stretches[column] = stretch;
      column = end - 1;
    }
  }

  private static boolean isLike(CodedTexts first, @Nullable CodedTexts next) {
    return next != null && next.codes() == first.codes() && next.space() == first.space();
  }

  /**
   * Writes a row. Numbers of up to three digits and short texts, which are most cells, are put here
   * and the position stays in a register; for all else there are writers.
   */
  void write(int row) {
    out.reserve(ByteWriter.MAX_RESERVE);
    byte[] to = out.array();
    int at = out.position();
    to[at++] = '[';
    for (int column = 0; column < block.columnCount; column++) {
      if (to.length - at < CELL_ROOM) {
        out.moveTo(at);
        out.drain();
        to = out.array();
        at = out.position();
      }
      if (column > 0) {
        to[at++] = ',';
      }
      CodedCells stretch = stretches[column];
      if (stretch != null) {
        byte[] cells = stretch.cells(row);
        if (cells.length > to.length - at) {
          out.moveTo(at);
          out.write(cells);
          to = out.array();
          at = out.position();
        } else {
          System.arraycopy(cells, 0, to, at, cells.length);
          at += cells.length;
        }
        column += stretch.columnCount() - 1;
        continue;
      }
      boolean isNull = block.isNull(column, row);
      if (!isNull && block.kinds[column] == ResultColumn.Kind.FLOAT) {
        double value = block.doubles[column][row];
        int whole = (int) value;
        if (whole == value && isSmall(whole) && Double.doubleToRawLongBits(value) >= 0) {
          at = ByteWriter.putSmall(to, at, whole);
          continue;
        }
      } else if (!isNull && block.kinds[column] == ResultColumn.Kind.INTEGER) {
        long value = block.longs[column][row];
        if (isSmall(value)) {
          at = ByteWriter.putSmall(to, at, (int) value);
          continue;
        }
      } else if (!isNull && block.kinds[column] == ResultColumn.Kind.STRING) {
        byte[] value = block.strings[column][row];
        int end = value.length > MAX_SHORT ? -1 : JsonText.putPlain(to, at, value);
        if (end >= 0) {
          at = end;
          continue;
        }
      }
      out.moveTo(at);
      if (isNull) {
        out.writeAscii("null");
      } else {
        writeCell(column, row);
      }
      to = out.array();
      at = out.position();
    }
    out.moveTo(at);
    out.write(']');
  }

  private static boolean isSmall(long value) {
    return value >= 0 && value < ByteWriter.SMALL_END;
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
