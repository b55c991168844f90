package io.varve.server.encode;

import io.varve.query.ResultCursor;
import io.varve.query.ResultSeries;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;

/**
 * Writes answers as InfluxDB's JSON, as they come: nothing is kept but the buffer of the writer.
 *
 * <p>The order of the keys is part of the protocol (Grafana needs {@code columns} before {@code
 * values}); empty members are left out. For one answer and one thread.
 */
public final class JsonEncoder implements ResultEncoder {
  private final ByteWriter out;
  private final JsonText text;
  private final RowWriter rows;
  private final int chunkRows;

  /** The columns of the last series, and their text: series of a statement have the same list. */
  private List<String> columns = List.of();

  private byte[] columnsText = textOf(columns);

  /** Writes one document; see {@link #chunked} for many. */
  public JsonEncoder(ByteWriter out, Epoch epoch) {
    this(out, epoch, 0);
  }

  private JsonEncoder(ByteWriter out, Epoch epoch, int chunkRows) {
    this.out = out;
    this.chunkRows = chunkRows;
    text = new JsonText(out);
    rows = new RowWriter(out, epoch, text);
  }

  /**
   * Writes one document a line, each with at most {@code chunkRows} rows of one series, and flushes
   * after each. Every document but the last of its statement says so by {@code "partial":true}, and
   * so does a series that goes on in the next document.
   */
  public static JsonEncoder chunked(ByteWriter out, Epoch epoch, int chunkRows) {
    return new JsonEncoder(out, epoch, chunkRows);
  }

  /** The document that says why a request failed as a whole. */
  public static void writeError(ByteWriter out, String message) {
    out.writeAscii("{\"error\":");
    new JsonText(out).write(message);
    out.writeAscii("}\n");
  }

  @Override
  public void encode(ResultCursor answer) {
    if (chunkRows > 0) {
      encodeChunks(answer);
    } else {
      encodeDocument(answer);
    }
    out.flush();
  }

  private void encodeDocument(ResultCursor answer) {
    out.write('{');
    boolean any = false;
    while (answer.nextStatement()) {
      rows.useZone(answer.timeZone());
      out.writeAscii(any ? "," : "\"results\":[");
      any = true;
      openResult(answer.statementId());
      boolean anySeries = false;
      while (answer.nextSeries()) {
        out.writeAscii(anySeries ? "," : ",\"series\":[");
        anySeries = true;
        ResultSeries series = answer.series();
        openSeries(series);
        boolean anyRows = false;
        while (answer.nextBlock()) {
          rows.use(answer.block(), series.columns().size());
          int count = answer.block().rowCount();
          for (int row = 0; row < count; row++) {
            writeRow(row, anyRows);
            anyRows = true;
          }
        }
        out.writeAscii(anyRows ? "]" : "");
        out.writeAscii(answer.isPartial() ? ",\"partial\":true}" : "}");
      }
      if (anySeries) {
        out.write(']');
      }
      closeResult(answer, false);
    }
    out.writeAscii(any ? "]}\n" : "}\n");
  }

  private void encodeChunks(ResultCursor answer) {
    boolean any = false;
    while (answer.nextStatement()) {
      rows.useZone(answer.timeZone());
      any = true;
      boolean hasSeries = answer.nextSeries();
      if (!hasSeries) {
        openDocument(answer);
        closeDocument(answer, false);
      }
      while (hasSeries) {
        hasSeries = encodeSeriesInChunks(answer);
      }
    }
    if (!any) {
      out.writeAscii("{}\n");
    }
  }

  /** Answers whether the statement has another series; the cursor is then at it. */
  private boolean encodeSeriesInChunks(ResultCursor answer) {
    ResultSeries series = answer.series();
    int columnCount = series.columns().size();
    int row = 0;
    boolean hasRows = answer.nextBlock();
    if (hasRows) {
      rows.use(answer.block(), columnCount);
    }
    while (true) {
      openDocument(answer);
      out.writeAscii(",\"series\":[");
      openSeries(series);
      int written = 0;
      while (hasRows && written < chunkRows) {
        writeRow(row++, written > 0);
        written++;
        if (row == answer.block().rowCount()) {
          row = 0;
          hasRows = answer.nextBlock();
          if (hasRows) {
            rows.use(answer.block(), columnCount);
          }
        }
      }
      if (written > 0) {
        out.write(']');
      }
      out.writeAscii(hasRows ? ",\"partial\":true}]" : "}]");
      if (!hasRows) {
        break;
      }
      closeDocument(answer, true);
    }
    boolean hasMore = answer.nextSeries();
    closeDocument(answer, hasMore);
    return hasMore;
  }

  private void openDocument(ResultCursor answer) {
    out.writeAscii("{\"results\":[");
    openResult(answer.statementId());
  }

  private void closeDocument(ResultCursor answer, boolean partial) {
    closeResult(answer, partial);
    out.writeAscii("]}\n");
    out.flush();
  }

  private void openResult(int statementId) {
    out.writeAscii("{\"statement_id\":");
    out.writeLong(statementId);
  }

  private void closeResult(ResultCursor answer, boolean partial) {
    if (partial) {
      out.writeAscii(",\"partial\":true}");
      return;
    }
    List<String> warnings = answer.warnings();
    if (!warnings.isEmpty()) {
      String separator = ",\"messages\":[";
      for (String warning : warnings) {
        out.writeAscii(separator);
        out.writeAscii("{\"level\":\"warning\",\"text\":");
        text.write(warning);
        out.write('}');
        separator = ",";
      }
      out.write(']');
    }
    String error = answer.error();
    if (error != null) {
      out.writeAscii(",\"error\":");
      text.write(error);
    }
    out.write('}');
  }

  private void openSeries(ResultSeries series) {
    String separator = "{";
    if (!series.name().isEmpty()) {
      out.writeAscii("{\"name\":");
      text.write(series.name());
      separator = ",";
    }
    if (!series.tags().isEmpty()) {
      out.writeAscii(separator);
      out.writeAscii("\"tags\":");
      writeTags(series.tags());
      separator = ",";
    }
    out.writeAscii(separator);
    if (series.columns() != columns) {
      columns = series.columns();
      columnsText = textOf(columns);
    }
    out.write(columnsText);
  }

  private static byte[] textOf(List<String> columns) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteWriter into =
        new ByteWriter(
            new ByteSink() {
              @Override
              public void write(byte[] piece, int offset, int length) {
                bytes.write(piece, offset, length);
              }

              @Override
              public void flush() {}
            },
            new byte[ByteWriter.MIN_BUFFER_BYTES]);
    JsonText names = new JsonText(into);
    into.writeAscii("\"columns\":[");
    String separator = "";
    for (String column : columns) {
      into.writeAscii(separator);
      names.write(column);
      separator = ",";
    }
    into.write(']');
    into.drain();
    return bytes.toByteArray();
  }

  private void writeTags(Map<String, String> tags) {
    char separator = '{';
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      out.write(separator);
      text.write(tag.getKey());
      out.write(':');
      text.write(tag.getValue());
      separator = ',';
    }
    out.write('}');
  }

  private void writeRow(int row, boolean follows) {
    if (follows) {
      out.write(',');
    } else {
      out.writeAscii(",\"values\":[");
    }
    rows.write(row);
  }
}
