package io.varve.query.influxql.ast;

/** LIMIT, OFFSET, SLIMIT and SOFFSET; 0 is what leaving one out means. */
public record Limits(long limit, long offset, long seriesLimit, long seriesOffset) {
  public static final Limits NONE = new Limits(0, 0, 0, 0);
}
