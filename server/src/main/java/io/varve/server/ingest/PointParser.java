package io.varve.server.ingest;

import io.varve.storage.model.FieldType;
import io.varve.storage.model.KnownFields;
import io.varve.storage.model.KnownKeys;
import io.varve.storage.model.PointBatch;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses one line and adds it to a batch as one row.
 *
 * <p>A line has three outcomes: it is malformed ({@link #parse} says why), it is well-formed but
 * may not be stored (counted in {@link #droppedRows}), or it is a row of the batch. Values go
 * straight from the line into the batch; a name that stands twice in a line is found afterwards by
 * comparing arena offsets with the previous row's, and only then is the line read again without the
 * values that lost. For one thread.
 */
final class PointParser {
  private static final long MIN_NANOS = Long.MIN_VALUE + 2;
  private static final long MAX_NANOS = Long.MAX_VALUE - 1;

  /** A number of one digit more may not fit into 64 bits. */
  private static final int MAX_TIMESTAMP_DIGITS = 18;

  private static final String INVALID_FIELD_FORMAT = "invalid field format";
  private static final String INVALID_BOOLEAN = "invalid boolean";
  private static final String UNBALANCED_QUOTES = "unbalanced quotes";
  private static final String BAD_TIMESTAMP = "bad timestamp";

  private final SeriesKeyReader key = new SeriesKeyReader();
  private final NumberReader number = new NumberReader();
  private final FieldNames names = new FieldNames();
  private final ExpectedFields expected = new ExpectedFields();
  private byte[] unescapedName = new byte[256];
  private byte[] unescaped = new byte[256];

  private PointBatch batch = new PointBatch();

  /** The text of the last timestamp, of which {@link #timestampNanos} still holds the meaning. */
  private final byte[] lastTime = new byte[24];

  private int lastTimeLength = -1;

  private long unitNanos = 1;
  private long defaultNanos;

  private int droppedRows;
  private @Nullable String complaint;

  // State of the line being parsed.
  private int keyLength;
  private int position;
  private long timestampNanos;
  private int fieldsSeen;
  private boolean hasTimeField;
  private int longestString;
  private String nameOfLongest = "";

  /**
   * Starts a body.
   *
   * @param nowNanos for lines without a timestamp, cut down to the precision
   */
  void begin(PointBatch batch, Precision precision, long nowNanos) {
    this.batch = batch;
    unitNanos = precision.nanos();
    defaultNanos = Math.floorDiv(nowNanos, unitNanos) * unitNanos;
    lastTimeLength = -1;
    droppedRows = 0;
    complaint = null;
  }

  /** Well-formed points of this body that are not in the batch. */
  int droppedRows() {
    return droppedRows;
  }

  /** What was first found to be forbidden in a well-formed point, or null. */
  @Nullable String complaint() {
    return complaint;
  }

  /**
   * Parses the line that begins at {@code start} if it looks like what was learned: the series that
   * came next the last time, and the fields that it had, all of them numbers. Then one pass
   * suffices, which finds the end of the line as well.
   *
   * @return where the next line begins; -1 if anything is different, for {@link #parse} to find out
   */
  int parseExpected(byte[] bytes, int start, int limit) {
    KnownKeys keys = batch.knownKeys();
    KnownFields fields = batch.knownFields();
    if (keys == null || fields == null) {
      return -1;
    }
    int number = keys.expect(bytes, start, limit);
    int list = number < 0 ? KnownFields.NONE : keys.fields(number);
    if (list < 0) {
      return -1;
    }
    int timestamp = expected.read(bytes, start + keys.textLength(number) + 1, limit, fields, list);
    int newline = timestamp < 0 ? -1 : findTimestampEnd(bytes, timestamp, limit);
    if (newline < 0) {
      return -1;
    }
    position = timestamp;
    if (readTimestamp(bytes, newline) != null) {
      return -1;
    }
    keys.take(number);
    batch.addRow(keys, number, fields, list, expected.bits(), expected.decimals(), timestampNanos);
    return newline + 1;
  }

  /** The newline behind a timestamp that is not longer than the usual ones, or -1. */
  private int findTimestampEnd(byte[] bytes, int start, int limit) {
    int length = lastTimeLength;
    if (length > 0 && limit - start > length && bytes[start + length] == '\n') {
      return start + length;
    }
    int end = Math.min(limit, start + lastTime.length);
    for (int i = start; i < end; i++) {
      if (bytes[i] == '\n') {
        return i > start ? i : -1;
      }
    }
    return -1;
  }

  /** Parses {@code line[start, limit)}, which begins with the measurement; null if well-formed. */
  @Nullable String parse(byte[] line, int start, int limit) {
    KnownKeys known = batch.knownKeys();
    int number = known == null ? KnownKeys.UNKNOWN : known.find(line, start, limit);
    if (known != null && number >= 0) {
      keyLength = known.textLength(number);
    } else {
      String error = key.read(line, start, limit);
      if (error != null) {
        return error;
      }
      keyLength = key.end() - start;
      if (known != null && !key.hasTimeTag()) {
        number = known.add(line, start, key.end(), key.canonical(), key.canonicalLength());
      }
    }
    int firstValue = batch.valueCount();
    beginRow(known, number);
    String error = readFields(line, start + keyLength, limit, null);
    if (error == null) {
      error = readTimestamp(line, limit);
    }
    if (error != null) {
      batch.abandonRow();
      return error;
    }
    boolean[] repeated = names.findRepeated(batch, firstValue);
    if (repeated != null) {
      batch.abandonRow();
      beginRow(known, number);
      readFields(line, start + keyLength, limit, repeated);
    }
    boolean hasTimeTag = number < 0 && key.hasTimeTag();
    if (hasTimeTag || hasTimeField || longestString > PointBatch.MAX_STRING_BYTES) {
      key.read(line, start, limit);
      endForbidden(batch.valueCount() - firstValue);
    } else {
      batch.endRow(timestampNanos);
      batch.learnFields();
    }
    return null;
  }

  private void beginRow(@Nullable KnownKeys known, int number) {
    if (known != null && number >= 0) {
      batch.beginRow(known, number);
    } else {
      batch.beginRow(key.canonical(), 0, key.canonicalLength());
    }
  }

  private void endForbidden(int values) {
    String measurement =
        new String(
            key.canonical(),
            key.measurementOffset(),
            key.measurementLength(),
            StandardCharsets.UTF_8);
    String reason;
    boolean drop = true;
    if (key.hasTimeTag()) {
      reason =
          "invalid tag key: input tag \"time\" on measurement \"" + measurement + "\" is invalid";
    } else if (longestString > PointBatch.MAX_STRING_BYTES) {
      reason =
          ("input field \""
                  + nameOfLongest
                  + "\" on measurement \""
                  + measurement
                  + "\" is too long, ")
              + (longestString + " > " + PointBatch.MAX_STRING_BYTES);
    } else {
      drop = values == 0;
      reason =
          ("invalid field name: input field \"time\" on measurement \"" + measurement + "\" ")
              + (drop ? "is invalid" : "has been stripped from point.");
    }
    if (drop) {
      batch.abandonRow();
      droppedRows++;
    } else {
      batch.endRow(timestampNanos);
    }
    if (complaint == null) {
      complaint = reason;
    }
  }

  /**
   * Reads {@code name=value,...} and leaves {@link #position} behind it.
   *
   * @param skip the values of the row to leave out, by their place in it; null for none
   */
  private @Nullable String readFields(
      byte[] line, int start, int limit, boolean @Nullable [] skip) {
    fieldsSeen = 0;
    hasTimeField = false;
    longestString = 0;
    int i = skipSpace(line, start, limit);
    while (true) {
      int nameStart = i;
      boolean escaped = false;
      for (; ; i++) {
        if (i >= limit) {
          return INVALID_FIELD_FORMAT;
        }
        byte b = line[i];
        if (b == '=') {
          break;
        }
        if (b == '\\' && i + 1 < limit) {
          byte next = line[i + 1];
          if (next == '=' || next == ',' || next == ' ') {
            escaped = true;
            i++;
          }
        } else if (b == ',' || b == ' ') {
          return INVALID_FIELD_FORMAT;
        }
      }
      int nameLength = i - nameStart;
      if (nameLength == 0) {
        return "missing field key";
      }
      if (nameLength > SeriesKeyReader.maxFieldNameLength(keyLength)) {
        return SeriesKeyReader.tooLong(keyLength, nameLength);
      }
      String error = readValue(line, nameStart, nameLength, escaped, i + 1, limit, skip);
      if (error != null) {
        return error;
      }
      i = position;
      if (i >= limit || line[i] == ' ') {
        return null;
      }
      i++;
    }
  }

  private @Nullable String readValue(
      byte[] line,
      int nameStart,
      int nameLength,
      boolean escaped,
      int start,
      int limit,
      boolean @Nullable [] skip) {
    if (start >= limit || line[start] == ',' || line[start] == ' ') {
      return "missing field value";
    }
    byte[] name = line;
    int offset = nameStart;
    int length = nameLength;
    if (escaped) {
      length = Escapes.unescapedLength(line, nameStart, nameStart + nameLength, true);
      if (unescapedName.length < length) {
        unescapedName = new byte[length * 2];
      }
      Escapes.unescape(line, nameStart, nameStart + nameLength, true, unescapedName, 0);
      name = unescapedName;
      offset = 0;
    }
    boolean isTime = SeriesKeyReader.isTime(name, offset, length);
    hasTimeField |= isTime;
    boolean add = !isTime && (skip == null || !skip[fieldsSeen]);
    fieldsSeen += isTime ? 0 : 1;
    byte first = line[start];
    if ((first >= '0' && first <= '9')
        || first == '-'
        || first == '.'
        || first == 'n'
        || first == 'N') {
      String error = number.read(line, start, limit);
      position = number.end();
      if (error == null && add) {
        addNumber(name, offset, length);
      }
      return error;
    }
    if (first == '"') {
      return readString(line, name, offset, length, start + 1, limit, add);
    }
    return readBoolean(line, name, offset, length, start, limit, add);
  }

  private void addNumber(byte[] name, int offset, int length) {
    FieldType type = number.type();
    if (type == FieldType.FLOAT) {
      batch.addFloat(name, offset, length, number.value(), number.decimals());
    } else if (type == FieldType.INTEGER) {
      batch.addInteger(name, offset, length, number.bits());
    } else {
      batch.addUnsigned(name, offset, length, number.bits());
    }
  }

  private @Nullable String readBoolean(
      byte[] line, byte[] name, int offset, int length, int start, int limit, boolean add) {
    int end = start;
    while (end < limit && line[end] != ',' && line[end] != ' ') {
      end++;
    }
    byte first = line[start];
    boolean value = first == 't' || first == 'T';
    boolean valid =
        end - start == 1
            ? value || first == 'f' || first == 'F'
            : isWord(line, start, end, "true")
                || isWord(line, start, end, "True")
                || isWord(line, start, end, "TRUE")
                || isWord(line, start, end, "false")
                || isWord(line, start, end, "False")
                || isWord(line, start, end, "FALSE");
    if (!valid) {
      return INVALID_BOOLEAN;
    }
    position = end;
    if (add) {
      batch.addBoolean(name, offset, length, value);
    }
    return null;
  }

  private static boolean isWord(byte[] line, int start, int end, String word) {
    if (end - start != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (line[start + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String readString(
      byte[] line, byte[] name, int offset, int length, int start, int limit, boolean add) {
    int i = start;
    int escapes = 0;
    while (i < limit && line[i] != '"') {
      if (line[i] == '\\' && i + 1 < limit) {
        i++;
        escapes += line[i] == '"' || line[i] == '\\' ? 1 : 0;
      }
      i++;
    }
    if (i >= limit) {
      return UNBALANCED_QUOTES;
    }
    position = i + 1;
    if (position < limit && line[position] != ',' && line[position] != ' ') {
      return hasOddQuotes(line, position, limit) ? UNBALANCED_QUOTES : INVALID_FIELD_FORMAT;
    }
    int valueLength = i - start - escapes;
    if (valueLength > PointBatch.MAX_STRING_BYTES) {
      longestString = valueLength;
      nameOfLongest = new String(name, offset, length, StandardCharsets.UTF_8);
    } else if (add && escapes == 0) {
      batch.addString(name, offset, length, line, start, valueLength);
    } else if (add) {
      if (unescaped.length < i - start) {
        unescaped = new byte[(i - start) * 2];
      }
      Escapes.unescapeString(line, start, i, unescaped);
      batch.addString(name, offset, length, unescaped, 0, valueLength);
    }
    return null;
  }

  /** For the odd timestamp with many leading zeros, or the least there is. */
  private static boolean fitsExactly(byte[] line, int start, int end) {
    String text = new String(line, start, end - start, StandardCharsets.ISO_8859_1);
    return new BigInteger(text).bitLength() < Long.SIZE;
  }

  private static boolean hasOddQuotes(byte[] line, int from, int limit) {
    boolean odd = false;
    for (int i = from; i < limit; i++) {
      odd ^= line[i] == '"';
    }
    return odd;
  }

  private @Nullable String readTimestamp(byte[] line, int limit) {
    int start = skipSpace(line, position, limit);
    if (start >= limit) {
      lastTimeLength = -1;
      timestampNanos = defaultNanos;
      return null;
    }
    if (limit - start == lastTimeLength
        && Arrays.equals(line, start, limit, lastTime, 0, lastTimeLength)) {
      return null;
    }
    boolean negative = line[start] == '-';
    int firstDigit = negative ? start + 1 : start;
    int i = firstDigit;
    long units = 0;
    while (i < limit && line[i] >= '0' && line[i] <= '9') {
      units = units * 10 + (line[i] - '0');
      i++;
    }
    if (i == firstDigit || (i < limit && line[i] != ' ')) {
      return BAD_TIMESTAMP;
    }
    int digits = i - firstDigit;
    boolean fits =
        (digits <= MAX_TIMESTAMP_DIGITS
                || (digits == MAX_TIMESTAMP_DIGITS + 1 && units >= 0)
                || NumberReader.significantDigits(line, firstDigit, i) <= MAX_TIMESTAMP_DIGITS)
            || fitsExactly(line, start, i);
    if (!fits) {
      String text = new String(line, start, i - start, StandardCharsets.ISO_8859_1);
      return "strconv.ParseInt: parsing \"" + text + "\": value out of range";
    }
    units = negative ? -units : units;
    for (int rest = i; rest < limit; rest++) {
      if (line[rest] != ' ') {
        return "point is invalid";
      }
    }
    long nanos = units * unitNanos;
    if (Math.multiplyHigh(units, unitNanos) != nanos >> 63
        || nanos < MIN_NANOS
        || nanos > MAX_NANOS) {
      return "time outside range " + -MAX_NANOS + " - " + MAX_NANOS;
    }
    timestampNanos = nanos;
    lastTimeLength = -1;
    if (limit - start <= lastTime.length) {
      lastTimeLength = limit - start;
      System.arraycopy(line, start, lastTime, 0, lastTimeLength);
    }
    return null;
  }

  private static int skipSpace(byte[] line, int from, int limit) {
    int i = from;
    while (i < limit && LineScanner.isSpace(line[i])) {
      i++;
    }
    return i;
  }
}
