package io.varve.server.encode;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.varve.query.ResultBlock;
import io.varve.query.ResultCursor;
import io.varve.query.ResultSeries;
import java.util.List;

/**
 * Writes answers as InfluxDB's MessagePack: the structure of the JSON answer, with {@code series}
 * and {@code values} also where they are empty.
 *
 * <p>A document has to be complete before its first byte goes out (see {@link MsgPackBuffer}), so
 * an answer in one document is limited in size; chunks are cut early instead, at {@link
 * #MAX_CHUNK_BYTES}. Times are InfluxDB's extension type unless the request names an epoch; NaN is
 * nil, infinities are what they are. For one answer and one thread.
 */
public final class MsgPackEncoder implements ResultEncoder {
  /** A chunk ends with the row that crosses this. */
  static final int MAX_CHUNK_BYTES = 1 << 20;

  private final ByteWriter out;
  private final Epoch epoch;
  private final int chunkRows;
  private final MsgPackBuffer buffer;
  private final BlockArrays block = new BlockArrays();

  /**
   * Writes one document, or many.
   *
   * @param chunkRows most rows of a document, each being of one series; 0 for one document
   * @param limitBytes longest document; beyond it {@link AnswerTooLargeException}
   */
  public MsgPackEncoder(ByteWriter out, Epoch epoch, int chunkRows, int limitBytes) {
    this.out = out;
    this.epoch = epoch;
    this.chunkRows = chunkRows;
    buffer = new MsgPackBuffer(limitBytes);
  }

  /** The document that says why a request failed as a whole. */
  public static void writeError(ByteWriter out, String message) {
    MsgPackBuffer buffer = new MsgPackBuffer(Integer.MAX_VALUE);
    buffer.writeMapHeader(1);
    buffer.writeString("error");
    buffer.writeString(message);
    buffer.drainTo(out);
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
    int results = openResults();
    int statements = 0;
    while (answer.nextStatement()) {
      statements++;
      int result = openResult(answer);
      int allSeries = openMemberArray("series");
      int seriesCount = 0;
      while (answer.nextSeries()) {
        seriesCount++;
        encodeSeries(answer);
      }
      buffer.closeArray(allSeries, seriesCount);
      String error = answer.error();
      if (seriesCount == 0 && error != null) {
        buffer.truncate(result);
        writeFailure(error);
      } else {
        buffer.closeMap(result, 2 + writeEnd(answer));
      }
    }
    buffer.closeArray(results, statements);
    buffer.drainTo(out);
  }

  private void encodeSeries(ResultCursor answer) {
    ResultSeries series = answer.series();
    int map = buffer.openMap();
    int members = writeHead(series);
    int values = openMemberArray("values");
    int rows = 0;
    while (answer.nextBlock()) {
      ResultBlock next = answer.block();
      block.use(next, series.columns().size());
      for (int row = 0; row < next.rowCount(); row++) {
        writeRow(row);
      }
      rows += next.rowCount();
    }
    buffer.closeArray(values, rows);
    buffer.closeMap(map, members + 1 + writeFlag(answer.isPartial()));
  }

  private void encodeChunks(ResultCursor answer) {
    boolean any = false;
    while (answer.nextStatement()) {
      any = true;
      boolean hasSeries = answer.nextSeries();
      if (!hasSeries) {
        int results = openResults();
        String error = answer.error();
        if (error == null) {
          int result = openResult(answer);
          buffer.closeArray(openMemberArray("series"), 0);
          buffer.closeMap(result, 2 + writeEnd(answer));
        } else {
          writeFailure(error);
        }
        sendChunk(results);
      }
      while (hasSeries) {
        hasSeries = encodeSeriesInChunks(answer);
      }
    }
    if (!any) {
      buffer.closeArray(openResults(), 0);
      buffer.drainTo(out);
    }
  }

  /** Answers whether the statement has another series; the cursor is then at it. */
  private boolean encodeSeriesInChunks(ResultCursor answer) {
    ResultSeries series = answer.series();
    int columnCount = series.columns().size();
    int row = 0;
    boolean hasRows = answer.nextBlock();
    while (true) {
      int results = openResults();
      int result = openResult(answer);
      int allSeries = openMemberArray("series");
      int map = buffer.openMap();
      int members = writeHead(series);
      int values = openMemberArray("values");
      int written = 0;
      while (hasRows && written < chunkRows && buffer.length() < MAX_CHUNK_BYTES) {
        if (row == 0) {
          block.use(answer.block(), columnCount);
        }
        writeRow(row++);
        written++;
        if (row == answer.block().rowCount()) {
          row = 0;
          hasRows = answer.nextBlock();
        }
      }
      buffer.closeArray(values, written);
      buffer.closeMap(map, members + 1 + writeFlag(hasRows));
      buffer.closeArray(allSeries, 1);
      boolean hasMore = hasRows || answer.nextSeries();
      int end = hasMore ? writeFlag(true) : writeEnd(answer);
      buffer.closeMap(result, 2 + end);
      sendChunk(results);
      if (!hasRows) {
        return hasMore;
      }
    }
  }

  private void sendChunk(int results) {
    buffer.closeArray(results, 1);
    buffer.drainTo(out);
    out.flush();
  }

  private int openResults() {
    buffer.writeMapHeader(1);
    return openMemberArray("results");
  }

  private int openResult(ResultCursor answer) {
    int map = buffer.openMap();
    buffer.writeString("statement_id");
    buffer.writeLong(answer.statementId());
    return map;
  }

  /** A statement that has nothing but an error; InfluxDB leaves its number out. */
  private void writeFailure(String error) {
    buffer.writeMapHeader(1);
    buffer.writeString("error");
    buffer.writeString(error);
  }

  private int openMemberArray(String key) {
    buffer.writeString(key);
    return buffer.openArray();
  }

  /** Writes {@code partial} if it is true; answers how many members that is. */
  private int writeFlag(boolean partial) {
    if (!partial) {
      return 0;
    }
    buffer.writeString("partial");
    buffer.writeBoolean(true);
    return 1;
  }

  /** Writes what a statement says at its end; answers how many members that is. */
  private int writeEnd(ResultCursor answer) {
    int members = 0;
    List<String> warnings = answer.warnings();
    if (!warnings.isEmpty()) {
      members++;
      buffer.writeString("messages");
      buffer.writeArrayHeader(warnings.size());
      for (String warning : warnings) {
        buffer.writeMapHeader(2);
        buffer.writeString("level");
        buffer.writeString("warning");
        buffer.writeString("text");
        buffer.writeString(warning);
      }
    }
    String error = answer.error();
    if (error != null) {
      members++;
      buffer.writeString("error");
      buffer.writeString(error);
    }
    return members;
  }

  /** Writes name, tags and columns; answers how many members that is. */
  private int writeHead(ResultSeries series) {
    int members = 1;
    if (!series.name().isEmpty()) {
      members++;
      buffer.writeString("name");
      buffer.writeString(series.name());
    }
    if (!series.tags().isEmpty()) {
      members++;
      buffer.writeString("tags");
      buffer.writeMapHeader(series.tags().size());
      series
          .tags()
          .forEach(
              (key, value) -> {
                buffer.writeString(key);
                buffer.writeString(value);
              });
    }
    buffer.writeString("columns");
    buffer.writeArrayHeader(series.columns().size());
    series.columns().forEach(buffer::writeString);
    return members;
  }

  private void writeRow(int row) {
    buffer.writeArrayHeader(block.columnCount);
    for (int column = 0; column < block.columnCount; column++) {
      if (block.isNull(column, row)) {
        buffer.writeNil();
      } else {
        writeCell(column, row);
      }
    }
  }

  private void writeCell(int column, int row) {
    switch (block.kinds[column]) {
      case TIME -> {
        long nanos = block.longs[column][row];
        if (column == 0 && epoch.nanos() > 0) {
          buffer.writeLong(nanos / epoch.nanos());
        } else {
          buffer.writeTime(nanos);
        }
      }
      case INTEGER -> buffer.writeLong(block.longs[column][row]);
      case UNSIGNED -> buffer.writeUnsigned(block.longs[column][row]);
      case BOOLEAN -> buffer.writeBoolean(block.longs[column][row] != 0);
      case FLOAT -> {
        double value = block.doubles[column][row];
        if (Double.isNaN(value)) {
          buffer.writeNil();
        } else {
          buffer.writeDouble(value);
        }
      }
      case STRING -> buffer.writeString(block.strings[column][row]);
      case LIST -> {
        String[] texts = new String(block.strings[column][row], UTF_8).split("\n", -1);
        buffer.writeArrayHeader(texts.length);
        for (String text : texts) {
          buffer.writeString(text);
        }
      }
    }
  }
}
