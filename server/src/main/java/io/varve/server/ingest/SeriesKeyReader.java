package io.varve.server.ingest;

import io.varve.storage.model.SeriesKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns the first part of a line, {@code measurement,tag=value,...}, into a canonical series key.
 *
 * <p>A line that begins with the same bytes as the one before costs one comparison. Otherwise the
 * part is cut into tokens, then written out token by token with the escapes removed; tags that do
 * not arrive sorted are written once more in order. Nothing is allocated once the arrays have grown
 * to the longest key (at most {@link SeriesKey#MAX_BYTES} and one int per token). For one thread;
 * the result stands until the next call.
 */
final class SeriesKeyReader {
  /** What InfluxDB counts on top of series key and field name. */
  private static final int KEY_OVERHEAD = 4;

  private static final int MAX_INSERTION_SORT = 32;

  private static final String[] TAG_ERRORS = {
    "", "missing tag key", "missing tag value", "missing fields", "invalid tag format"
  };
  private static final int MISSING_TAG_KEY = -1;
  private static final int MISSING_TAG_VALUE = -2;
  private static final int MISSING_FIELDS = -3;
  private static final int INVALID_TAG_FORMAT = -4;

  private byte[] raw = new byte[256];

  /** Length of the part last read successfully, or -1. */
  private int rawLength = -1;

  private byte[] canonical = new byte[256];
  private byte[] sorted = new byte[256];
  private int canonicalLength;
  private int measurementOffset;
  private int measurementLength;
  private boolean hasTimeTag;
  private boolean hasBackslash;
  private int end;

  /** Where the tokens begin in the line: measurement, key, value, key, value, ..., and the end. */
  private int[] tokenStart = new int[64];

  private int tokenCount;

  /** Where the token written last begins in {@link #canonical}, behind its length. */
  private int lastTokenStart;

  /** Where each tag pair and the key in it begin in {@link #canonical}. */
  private int[] pairStart = new int[32];

  private int[] pairEnd = new int[32];
  private int[] tagKeyStart = new int[32];
  private int[] tagKeyLength = new int[32];
  private long[] keyPrefix = new long[32];
  private int[] order = new int[32];
  private int pairCount;

  byte[] canonical() {
    return canonical;
  }

  int canonicalLength() {
    return canonicalLength;
  }

  /** The measurement's unescaped bytes lie in {@link #canonical} here. */
  int measurementOffset() {
    return measurementOffset;
  }

  int measurementLength() {
    return measurementLength;
  }

  /** Whether a tag is called {@code time}, which no point may have. */
  boolean hasTimeTag() {
    return hasTimeTag;
  }

  /** The space behind the part last read. */
  int end() {
    return end;
  }

  /** Bytes that InfluxDB's key limit leaves for a field name of a series whose part is so long. */
  static int maxFieldNameLength(int length) {
    return SeriesKey.MAX_BYTES - KEY_OVERHEAD - length;
  }

  static String tooLong(int length, int fieldNameLength) {
    return tooLongKey(length + KEY_OVERHEAD + fieldNameLength);
  }

  /** Reads the part that begins at {@code start}; answers what is wrong with it. */
  @Nullable String read(byte[] line, int start, int limit) {
    int length = rawLength;
    if (length > 0
        && limit - start > length
        && line[start + length] == ' '
        && Arrays.equals(line, start, start + length, raw, 0, length)) {
      end = start + length;
      return null;
    }
    rawLength = -1;
    String error = cut(line, start, limit);
    if (error != null) {
      return error;
    }
    if (end - start > SeriesKey.MAX_BYTES) {
      return tooLongKey(end - start);
    }
    error = write(line);
    if (error == null) {
      remember(line, start);
    }
    return error;
  }

  private void remember(byte[] line, int start) {
    int length = end - start;
    if (raw.length < length) {
      raw = new byte[length * 2];
    }
    System.arraycopy(line, start, raw, 0, length);
    rawLength = length;
  }

  /** Finds the tokens. A byte behind a backslash never separates. */
  private @Nullable String cut(byte[] line, int start, int limit) {
    tokenCount = 0;
    addToken(start);
    if (start >= limit || line[start] == ',') {
      return "missing measurement";
    }
    int i = start + 1;
    while (i < limit && !((line[i] == ',' || line[i] == ' ') && line[i - 1] != '\\')) {
      i++;
    }
    while (i < limit && line[i] == ',') {
      i = cutTag(line, i + 1, limit);
      if (i < 0) {
        return TAG_ERRORS[-i];
      }
    }
    if (i >= limit) {
      return "missing fields";
    }
    addToken(i + 1);
    end = i;
    return null;
  }

  /** Answers where the tag ended, or the negative number of one of {@link #TAG_ERRORS}. */
  private int cutTag(byte[] line, int keyStart, int limit) {
    int i = keyStart;
    if (i >= limit || line[i] == ' ' || line[i] == ',' || line[i] == '=') {
      return MISSING_TAG_KEY;
    }
    addToken(i);
    for (i++; ; i++) {
      if (i >= limit) {
        return MISSING_TAG_VALUE;
      }
      byte b = line[i];
      if ((b == '=' || b == ' ' || b == ',') && line[i - 1] != '\\') {
        if (b != '=') {
          return MISSING_TAG_VALUE;
        }
        break;
      }
    }
    i++;
    if (i >= limit || line[i] == ',' || line[i] == ' ') {
      return MISSING_TAG_VALUE;
    }
    addToken(i);
    for (i++; ; i++) {
      if (i >= limit) {
        return MISSING_FIELDS;
      }
      byte b = line[i];
      if ((b == '=' || b == ' ' || b == ',') && line[i - 1] != '\\') {
        return b == '=' ? INVALID_TAG_FORMAT : i;
      }
    }
  }

  private void addToken(int at) {
    if (tokenCount == tokenStart.length) {
      tokenStart = Arrays.copyOf(tokenStart, tokenCount * 2);
    }
    tokenStart[tokenCount++] = at;
  }

  /** Writes the canonical key; one separator stands between two tokens of the line. */
  private @Nullable String write(byte[] line) {
    canonicalLength = 0;
    pairCount = 0;
    hasBackslash = LineScanner.containsBackslash(line, tokenStart[0], end);
    hasTimeTag = false;
    boolean inOrder = true;
    writeToken(line, tokenStart[0], tokenStart[1] - 1, false);
    measurementOffset = lastTokenStart;
    measurementLength = canonicalLength - lastTokenStart;
    for (int token = 1; token < tokenCount - 1; token += 2) {
      int pair = addPair();
      pairStart[pair] = canonicalLength;
      writeToken(line, tokenStart[token], tokenStart[token + 1] - 1, true);
      tagKeyStart[pair] = lastTokenStart;
      tagKeyLength[pair] = canonicalLength - lastTokenStart;
      keyPrefix[pair] = keyPrefix(lastTokenStart, tagKeyLength[pair]);
      hasTimeTag |= isTime(canonical, lastTokenStart, tagKeyLength[pair]);
      writeToken(line, tokenStart[token + 1], tokenStart[token + 2] - 1, true);
      pairEnd[pair] = canonicalLength;
      inOrder &= pair == 0 || compareKeys(pair - 1, pair) < 0;
    }
    if (!inOrder) {
      sortPairs();
      for (int pair = 1; pair < pairCount; pair++) {
        if (compareKeys(order[pair - 1], order[pair]) == 0) {
          return "duplicate tags";
        }
      }
      copyPairsInOrder();
    }
    return canonicalLength > SeriesKey.MAX_BYTES ? tooLongKey(canonicalLength) : null;
  }

  private void writeToken(byte[] line, int from, int to, boolean equalsIsSpecial) {
    int length =
        hasBackslash ? Escapes.unescapedLength(line, from, to, equalsIsSpecial) : to - from;
    if (canonical.length - canonicalLength < length + 5) {
      canonical = Arrays.copyOf(canonical, canonical.length * 2 + length);
    }
    int rest = length;
    while (rest >= 0x80) {
      canonical[canonicalLength++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    canonical[canonicalLength++] = (byte) rest;
    lastTokenStart = canonicalLength;
    if (length == to - from) {
      System.arraycopy(line, from, canonical, canonicalLength, length);
    } else {
      Escapes.unescape(line, from, to, equalsIsSpecial, canonical, canonicalLength);
    }
    canonicalLength += length;
  }

  private int addPair() {
    if (pairCount == pairStart.length) {
      int capacity = pairCount * 2;
      pairStart = Arrays.copyOf(pairStart, capacity);
      pairEnd = Arrays.copyOf(pairEnd, capacity);
      tagKeyStart = Arrays.copyOf(tagKeyStart, capacity);
      tagKeyLength = Arrays.copyOf(tagKeyLength, capacity);
      keyPrefix = Arrays.copyOf(keyPrefix, capacity);
      order = Arrays.copyOf(order, capacity);
    }
    return pairCount++;
  }

  /** The first eight bytes of a tag key, zeros behind a shorter one: mostly enough to compare. */
  private long keyPrefix(int offset, int length) {
    long prefix = 0;
    int count = Math.min(length, Long.BYTES);
    for (int i = 0; i < count; i++) {
      prefix = prefix << 8 | (canonical[offset + i] & 0xff);
    }
    return prefix << (8 * (Long.BYTES - count));
  }

  private int compareKeys(int left, int right) {
    if (keyPrefix[left] != keyPrefix[right]) {
      return Long.compareUnsigned(keyPrefix[left], keyPrefix[right]);
    }
    return Arrays.compareUnsigned(
        canonical,
        tagKeyStart[left],
        tagKeyStart[left] + tagKeyLength[left],
        canonical,
        tagKeyStart[right],
        tagKeyStart[right] + tagKeyLength[right]);
  }

  private void sortPairs() {
    for (int pair = 0; pair < pairCount; pair++) {
      order[pair] = pair;
    }
    if (pairCount <= MAX_INSERTION_SORT) {
      sortByInsertion();
    } else {
      sortByHeap();
    }
  }

  private void sortByInsertion() {
    for (int i = 1; i < pairCount; i++) {
      int pair = order[i];
      int at = i;
      while (at > 0 && compareKeys(order[at - 1], pair) > 0) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = pair;
    }
  }

  /** In place, and no order of tags makes it slow. */
  private void sortByHeap() {
    for (int root = pairCount / 2 - 1; root >= 0; root--) {
      siftDown(root, pairCount);
    }
    for (int last = pairCount - 1; last > 0; last--) {
      swap(0, last);
      siftDown(0, last);
    }
  }

  private void siftDown(int start, int count) {
    int root = start;
    while (2 * root + 1 < count) {
      int child = 2 * root + 1;
      if (child + 1 < count && compareKeys(order[child], order[child + 1]) < 0) {
        child++;
      }
      if (compareKeys(order[root], order[child]) >= 0) {
        return;
      }
      swap(root, child);
      root = child;
    }
  }

  private void swap(int a, int b) {
    int kept = order[a];
    order[a] = order[b];
    order[b] = kept;
  }

  private void copyPairsInOrder() {
    if (sorted.length < canonicalLength) {
      sorted = new byte[canonical.length];
    }
    int at = measurementOffset + measurementLength;
    System.arraycopy(canonical, 0, sorted, 0, at);
    for (int i = 0; i < pairCount; i++) {
      int start = pairStart[order[i]];
      int length = pairEnd[order[i]] - start;
      System.arraycopy(canonical, start, sorted, at, length);
      at += length;
    }
    byte[] swapped = canonical;
    canonical = sorted;
    sorted = swapped;
  }

  static boolean isTime(byte[] bytes, int offset, int length) {
    return length == 4
        && bytes[offset] == 't'
        && bytes[offset + 1] == 'i'
        && bytes[offset + 2] == 'm'
        && bytes[offset + 3] == 'e';
  }

  private static String tooLongKey(int length) {
    return "max key length exceeded: " + length + " > " + SeriesKey.MAX_BYTES;
  }
}
