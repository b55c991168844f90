package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.storage.Column;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The values of a column when its owner has moved on; immutable. */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record CopiedColumn(
    FieldType type,
    boolean isAbsent,
    long @Nullable [] presence,
    double[] doubles,
    long[] longs,
    byte[][] strings)
    implements Column {
  private static final double[] NO_DOUBLES = {};
  private static final long[] NO_LONGS = {};
  private static final byte[][] NO_STRINGS = {};

  static CopiedColumn of(Column from, int rows) {
    FieldType type = from.type();
    if (from.isAbsent()) {
      return new CopiedColumn(
          type, true, new long[Bitmap.words(rows)], NO_DOUBLES, NO_LONGS, NO_STRINGS);
    }
    long[] presence = from.presence();
    long[] present = presence == null ? null : Arrays.copyOf(presence, Bitmap.words(rows));
    return switch (type) {
      case FLOAT ->
          new CopiedColumn(
              type, false, present, Arrays.copyOf(from.doubles(), rows), NO_LONGS, NO_STRINGS);
      case STRING ->
          new CopiedColumn(
              type, false, present, NO_DOUBLES, NO_LONGS, copyStrings(from, present, rows));
      default ->
          new CopiedColumn(
              type, false, present, NO_DOUBLES, Arrays.copyOf(from.longs(), rows), NO_STRINGS);
    };
  }

  private static byte[][] copyStrings(Column from, long @Nullable [] present, int rows) {
    byte[][] values = new byte[rows][];
    if (from instanceof TagColumn tag) {
      Arrays.fill(values, tag.value());
      return values;
    }
    byte[][] source = from.strings();
    for (int i = 0; i < rows; i++) {
      if (Bitmap.get(present, i)) {
        values[i] = source[i].clone();
      }
    }
    return values;
  }

  @Override
  public @Nullable ColumnStats stats() {
    return null;
  }

  /** About how many bytes these take. */
  long bytes() {
    long bytes = 64L + 8L * (doubles.length + longs.length);
    byte[] last = new byte[0];
    for (byte[] value : strings) {
      bytes += value == null || value == last ? 8 : 24 + value.length;
      last = value == null ? last : value;
    }
    return bytes;
  }
}
