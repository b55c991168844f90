package io.varve.server.encode;

import io.varve.query.ResultBlock;
import io.varve.query.ResultCursor;
import io.varve.query.ResultSeries;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Writes answers as InfluxDB's CSV: columns {@code name,tags,...}, times as numbers, empty for
 * null.
 *
 * <p>A blank line and a new header stand between statements and where the columns change.
 * Statements without series leave no trace, nor do errors of statements. For one answer and one
 * thread.
 */
public final class CsvEncoder implements ResultEncoder {
  private final ByteWriter out;
  private final NumberWriter numbers;
  private final TimeWriter times;
  private final TimeWriter otherTimes;
  private final BlockArrays block = new BlockArrays();

  public CsvEncoder(ByteWriter out, Epoch epoch) {
    this.out = out;
    numbers = new NumberWriter(out);
    times = new TimeWriter(out, epoch);
    otherTimes = new TimeWriter(out, Epoch.NANOSECONDS);
  }

  /** The document that says why a request failed as a whole. */
  public static void writeError(ByteWriter out, String message) {
    out.writeAscii("error\n");
    new CsvEncoder(out, Epoch.NANOSECONDS).writeField(message.getBytes(StandardCharsets.UTF_8));
    out.write('\n');
  }

  @Override
  public void encode(ResultCursor answer) {
    boolean anyHeader = false;
    while (answer.nextStatement()) {
      List<String> columns = List.of();
      while (answer.nextSeries()) {
        ResultSeries series = answer.series();
        if (!series.columns().equals(columns)) {
          if (anyHeader) {
            out.write('\n');
          }
          columns = List.copyOf(series.columns());
          writeHeader(columns);
          anyHeader = true;
        }
        byte[] labels = labels(series);
        while (answer.nextBlock()) {
          writeRows(answer.block(), columns.size(), labels);
        }
      }
    }
    out.flush();
  }

  private void writeHeader(List<String> columns) {
    out.writeAscii("name,tags");
    for (String column : columns) {
      out.write(',');
      writeField(column.getBytes(StandardCharsets.UTF_8));
    }
    out.write('\n');
  }

  /** The cells that all rows of a series begin with. */
  private static byte[] labels(ResultSeries series) {
    StringBuilder tags = new StringBuilder();
    for (Map.Entry<String, String> tag : series.tags().entrySet()) {
      if (!tag.getValue().isEmpty()) {
        tags.append(tags.isEmpty() ? "" : ",");
        tags.append(escape(tag.getKey())).append('=').append(escape(tag.getValue()));
      }
    }
    return (quote(series.name()) + ',' + quote(tags.toString())).getBytes(StandardCharsets.UTF_8);
  }

  private static String escape(String text) {
    return text.replace(",", "\\,").replace(" ", "\\ ").replace("=", "\\=");
  }

  private static String quote(String text) {
    return needsQuotes(text.getBytes(StandardCharsets.UTF_8))
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }

  private void writeRows(ResultBlock next, int columnCount, byte[] labels) {
    block.use(next, columnCount);
    for (int row = 0; row < next.rowCount(); row++) {
      out.write(labels);
      for (int column = 0; column < columnCount; column++) {
        out.write(',');
        if (!block.isNull(column, row)) {
          writeCell(column, row);
        }
      }
      out.write('\n');
    }
  }

  private void writeCell(int column, int row) {
    switch (block.kinds[column]) {
      case TIME -> (column == 0 ? times : otherTimes).writeNumber(block.longs[column][row]);
      case INTEGER -> out.writeLong(block.longs[column][row]);
      case UNSIGNED -> out.writeUnsigned(block.longs[column][row]);
      case BOOLEAN -> out.writeAscii(block.longs[column][row] == 0 ? "false" : "true");
      case FLOAT -> writeFloat(block.doubles[column][row]);
      case STRING, LIST -> writeField(block.strings[column][row]);
    }
  }

  private void writeFloat(double value) {
    if (Double.isFinite(value)) {
      numbers.writePlain(value);
    } else {
      out.writeAscii(Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
    }
  }

  private void writeField(byte[] field) {
    if (!needsQuotes(field)) {
      out.write(field);
      return;
    }
    out.write('"');
    for (byte b : field) {
      if (b == '"') {
        out.write('"');
      }
      out.write((char) (b & 0xff));
    }
    out.write('"');
  }

  /** Fields with separators, quotes or a leading space; also the end mark of some databases. */
  private static boolean needsQuotes(byte[] field) {
    if (field.length == 0) {
      return false;
    }
    if (field.length == 2 && field[0] == '\\' && field[1] == '.') {
      return true;
    }
    for (byte b : field) {
      if (b == ',' || b == '"' || b == '\r' || b == '\n') {
        return true;
      }
    }
    return field[0] == ' ' || field[0] == '\t' || field[0] == 0x0b || field[0] == '\f';
  }
}
