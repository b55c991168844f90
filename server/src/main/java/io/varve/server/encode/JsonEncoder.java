package io.varve.server.encode;

import io.varve.query.ResultBlock;
import io.varve.query.ResultCursor;
import io.varve.query.ResultSeries;
import io.varve.query.TagMap;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes answers as InfluxDB's JSON, as they come: nothing is kept but the buffer of the writer.
 *
 * <p>The order of the keys is part of the protocol (Grafana needs {@code columns} before {@code
 * values}); empty members are left out. For one answer and one thread.
 */
public final class JsonEncoder implements ResultEncoder {
  /** Behind a block with fewer rows there will not be many. */
  private static final int MIN_SHARED_ROWS = 256;

  private static final byte[][] NO_TEXTS = {};
  private static final byte[] OPEN_VALUES = ascii(",\"values\":[");
  private static final byte[] CLOSE_SERIES = ascii("]}");

  private final ByteWriter out;
  private final JsonText text;
  private final RowWriter rows;
  private final Epoch epoch;
  private final int chunkRows;

  /** The columns of the last series, and their text: series of a statement have the same list. */
  private List<String> columns = List.of();

  private byte[] columnsText = ascii("\"columns\":[]");

  /** The name and the tag keys of the last series, and what they begin a series with. */
  private String name = "";

  private TagMap.@Nullable Keys keys;
  private byte[][] keyTexts = NO_TEXTS;

  /** Writes one document; see {@link #chunked} for many. */
  public JsonEncoder(ByteWriter out, Epoch epoch) {
    this(out, epoch, 0);
  }

  private JsonEncoder(ByteWriter out, Epoch epoch, int chunkRows) {
    this.out = out;
    this.chunkRows = chunkRows;
    text = new JsonText(out);
    rows = new RowWriter(out, epoch, text);
    this.epoch = epoch;
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
          ResultBlock block = answer.block();
          ResultBlock whole = block.whole();
          rows.use(whole, series.columns().size(), whole != block);
          int first = block.firstRow();
          int end = first + block.rowCount();
          for (int row = first; row < end; row++) {
            writeRow(row, anyRows);
            anyRows = true;
          }
          if (block.rowCount() >= MIN_SHARED_ROWS) {
            shareRows(answer, series.columns().size());
          }
        }
        if (anyRows && !answer.isPartial()) {
          out.write(CLOSE_SERIES);
        } else {
          out.writeAscii(anyRows ? "]" : "");
          out.writeAscii(answer.isPartial() ? ",\"partial\":true}" : "}");
        }
      }
      if (anySeries) {
        out.write(']');
      }
      closeResult(answer, false);
    }
    out.writeAscii(any ? "]}\n" : "}\n");
  }

  /** Has several threads encode rows that follow others. */
  private void shareRows(ResultCursor answer, int columnCount) {
    ZoneId zone = answer.timeZone();
    SharedRows shared = new SharedRows(epoch);
    answer.shareBlocks(
        block -> shared.encode(block, columnCount, zone), piece -> shared.write(piece, out));
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
      rows.use(answer.block(), columnCount, false);
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
            rows.use(answer.block(), columnCount, false);
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
    if (series.columns() != columns) {
      columns = series.columns();
      columnsText = textOf(columns);
    }
    if (series.tags() instanceof TagMap tags && !tags.isEmpty()) {
      openTagged(series.name(), tags);
    } else {
      char separator = '{';
      if (!series.name().isEmpty()) {
        out.writeAscii("{\"name\":");
        text.write(series.name());
        separator = ',';
      }
      if (!series.tags().isEmpty()) {
        out.write(separator);
        out.writeAscii("\"tags\":");
        writeTags(series.tags());
        separator = ',';
      }
      out.write(separator);
    }
    out.write(columnsText);
  }

  /** Of one series among many, the values are all that has to be printed. */
  private void openTagged(String newName, TagMap tags) {
    if (!tags.keys().equals(keys) || !newName.equals(name)) {
      keys = tags.keys();
      name = newName;
      keyTexts = textsOf(newName, tags.keys().names());
    }
    for (int i = 0; i < keyTexts.length; i++) {
      out.write(keyTexts[i]);
      text.write(tags.utf8(i));
    }
    out.write('}');
    out.write(',');
  }

  /** What goes before each value of a tag. */
  private static byte[][] textsOf(String name, String... keys) {
    byte[][] texts = new byte[keys.length][];
    for (int i = 0; i < keys.length; i++) {
      String key = keys[i];
      boolean first = i == 0;
      texts[i] =
          textOf(
              (into, quoted) -> {
                if (first) {
                  into.write('{');
                  if (!name.isEmpty()) {
                    into.writeAscii("\"name\":");
                    quoted.write(name);
                    into.write(',');
                  }
                  into.writeAscii("\"tags\":{");
                } else {
                  into.write(',');
                }
                quoted.write(key);
                into.write(':');
              });
    }
    return texts;
  }

  private static byte[] textOf(List<String> columns) {
    return textOf(
        (into, quoted) -> {
          into.writeAscii("\"columns\":[");
          String separator = "";
          for (String column : columns) {
            into.writeAscii(separator);
            quoted.write(column);
            separator = ",";
          }
          into.write(']');
        });
  }

  /** What a writer writes. */
  private static byte[] textOf(BiConsumer<ByteWriter, JsonText> writing) {
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
    writing.accept(into, new JsonText(into));
    into.drain();
    return bytes.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
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
      out.write(OPEN_VALUES);
    }
    rows.write(row);
  }
}
