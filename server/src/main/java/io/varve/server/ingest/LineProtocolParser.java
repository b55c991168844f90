package io.varve.server.ingest;

import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses a body of line protocol into a {@link PointBatch}, chunk by chunk.
 *
 * <p>Order of calls: {@link #begin}, any number of {@link #feed}, {@link #finish}, then the
 * results. Chunks may be cut anywhere; only the line that spans a cut is copied. A malformed line
 * is reported and costs nothing but itself. Nothing is allocated per point.
 *
 * <p>Bounds: a line has at most {@link #MAX_LINE_BYTES}; of the malformed lines the first {@link
 * #MAX_REPORTED_LINES} are reported, each with at most {@link #MAX_REPORTED_BYTES} of its text. The
 * batch is as large as the caller lets bodies be. For one thread.
 */
public final class LineProtocolParser {
  /** Longest line accepted. */
  public static final int MAX_LINE_BYTES = 8 << 20;

  /** Malformed lines that {@link #errors} describes. */
  public static final int MAX_REPORTED_LINES = 100;

  /** Bytes of a malformed line that {@link #errors} repeats. */
  public static final int MAX_REPORTED_BYTES = 2048;

  private final LineScanner scanner = new LineScanner();
  private final PointParser points = new PointParser();

  /** The beginning of a line whose end has not come yet. */
  private byte[] carry = new byte[1024];

  private int carryLength;
  private long lineLength;

  private final StringBuilder errors = new StringBuilder();
  private int failedLines;

  /**
   * Starts a body.
   *
   * @param batch where points go, behind those it has
   * @param precision the unit of timestamps
   * @param nowNanos for lines without a timestamp, cut down to the precision
   */
  public void begin(PointBatch batch, Precision precision, long nowNanos) {
    startLine();
    resume(batch, precision, nowNanos);
  }

  /**
   * Goes on with a body in another batch: forgets the results so far, but not the beginning of a
   * line that {@link #feed} has kept.
   */
  public void resume(PointBatch batch, Precision precision, long nowNanos) {
    points.begin(batch, precision, nowNanos);
    errors.setLength(0);
    failedLines = 0;
  }

  /** Parses the next chunk of the body; the bytes are not needed afterwards. */
  public void feed(byte[] bytes, int offset, int length) {
    int limit = offset + length;
    int position = offset;
    while (position < limit) {
      int next = lineLength == 0 ? points.parseExpected(bytes, position, limit) : -1;
      if (next >= 0) {
        position = next;
        continue;
      }
      int newline = scanner.findEnd(bytes, position, limit);
      if (newline < 0) {
        keep(bytes, position, limit);
        return;
      }
      if (lineLength == 0) {
        parseLine(bytes, position, newline, newline - position);
      } else {
        keep(bytes, position, newline);
        parseLine(carry, 0, carryLength, lineLength);
      }
      startLine();
      position = newline + 1;
    }
  }

  /** Ends the body: what has come since the last newline is a line. */
  public void finish() {
    if (lineLength > 0) {
      parseLine(carry, 0, carryLength, lineLength);
      startLine();
    }
    if (carry.length > MAX_REPORTED_BYTES * 32) {
      carry = new byte[1024];
    }
  }

  /** Whether the last line fed has not been ended by a newline. */
  public boolean isInsideLine() {
    return lineLength > 0;
  }

  /** Lines of the body that were malformed. */
  public int failedLines() {
    return failedLines;
  }

  /**
   * {@code unable to parse 'LINE': REASON}, one line for each malformed line; empty if none was.
   */
  public String errors() {
    int unreported = failedLines - MAX_REPORTED_LINES;
    return unreported <= 0
        ? errors.toString()
        : errors + "\nunable to parse " + unreported + " more lines";
  }

  /** Well-formed points that were left out of the batch. */
  public int droppedRows() {
    return points.droppedRows();
  }

  /** What was first found to be forbidden in a well-formed point, or null. */
  public @Nullable String complaint() {
    return points.complaint();
  }

  private void startLine() {
    scanner.startLine();
    carryLength = 0;
    lineLength = 0;
  }

  private void keep(byte[] bytes, int from, int to) {
    lineLength += to - from;
    int room = MAX_LINE_BYTES - carryLength;
    int length = Math.min(room, to - from);
    if (carry.length - carryLength < length) {
      carry =
          Arrays.copyOf(
              carry, Math.min(MAX_LINE_BYTES, Math.max(carry.length * 2, carryLength + length)));
    }
    System.arraycopy(bytes, from, carry, carryLength, length);
    carryLength += length;
  }

  private void parseLine(byte[] bytes, int from, int to, long length) {
    int start = from;
    while (start < to && LineScanner.isSpace(bytes[start])) {
      start++;
    }
    if (start == to || bytes[start] == '#') {
      return;
    }
    String error =
        length > MAX_LINE_BYTES
            ? "line of " + length + " bytes is longer than " + MAX_LINE_BYTES
            : points.parse(bytes, start, to);
    if (error != null) {
      report(bytes, start, to, error);
    }
  }

  private void report(byte[] bytes, int start, int to, String error) {
    failedLines++;
    if (failedLines > MAX_REPORTED_LINES) {
      return;
    }
    if (!errors.isEmpty()) {
      errors.append('\n');
    }
    int shown = Math.min(to - start, MAX_REPORTED_BYTES);
    errors
        .append("unable to parse '")
        .append(new String(bytes, start, shown, StandardCharsets.UTF_8))
        .append(shown < to - start ? "...': " : "': ")
        .append(error);
  }
}
