package io.varve.query.operator;

import io.varve.storage.Column;
import io.varve.storage.ColumnBatch;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A column that has the same value in every row; as long as the largest batch. */
public final class Constant implements Column, ColumnExpression {
  private final FieldType type;
  private final double[] doubles;
  private final long[] longs;
  private final byte[][] strings;

  private Constant(FieldType type, double[] doubles, long[] longs, byte[][] strings) {
    this.type = type;
    this.doubles = doubles;
    this.longs = longs;
    this.strings = strings;
  }

  public static Constant ofDouble(double value) {
    double[] values = new double[ColumnBatch.MAX_ROWS];
    Arrays.fill(values, value);
    return new Constant(FieldType.FLOAT, values, new long[0], new byte[0][]);
  }

  /** A constant of any type that is carried in 64 bits. */
  public static Constant ofLong(FieldType type, long value) {
    long[] values = new long[ColumnBatch.MAX_ROWS];
    Arrays.fill(values, value);
    return new Constant(type, new double[0], values, new byte[0][]);
  }

  public static Constant ofString(byte... utf8) {
    byte[][] values = new byte[ColumnBatch.MAX_ROWS][];
    Arrays.fill(values, utf8);
    return new Constant(FieldType.STRING, new double[0], new long[0], values);
  }

  static Constant ofString(String ascii) {
    return ofString(ascii.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Override
  public FieldType type() {
    return type;
  }

  @Override
  public Column evaluate(Inputs inputs) {
    return this;
  }

  @Override
  public Constant copy() {
    return this;
  }

  @Override
  public boolean isAbsent() {
    return false;
  }

  @Override
  public long @Nullable [] presence() {
    return null;
  }

  @Override
  public double[] doubles() {
    return doubles;
  }

  @Override
  public long[] longs() {
    return longs;
  }

  @Override
  public byte[][] strings() {
    return strings;
  }

  @Override
  public @Nullable ColumnStats stats() {
    return null;
  }
}
