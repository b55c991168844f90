package io.varve.bench.tsbs;

import java.util.Arrays;

/**
 * The query types of TSBS's devops cases, with its names, over the measurement {@code cpu}.
 *
 * <p>In {@code single-groupby-F-H-T} and the like, F is a number of fields, H of hosts, T of hours.
 */
public enum QueryType {
  SINGLE_GROUPBY_1_1_1("single-groupby-1-1-1", Kind.MAX, 1, 1, 1, 60),
  SINGLE_GROUPBY_1_1_12("single-groupby-1-1-12", Kind.MAX, 1, 1, 12, 60),
  SINGLE_GROUPBY_1_8_1("single-groupby-1-8-1", Kind.MAX, 1, 8, 1, 60),
  SINGLE_GROUPBY_5_1_1("single-groupby-5-1-1", Kind.MAX, 5, 1, 1, 60),
  SINGLE_GROUPBY_5_1_12("single-groupby-5-1-12", Kind.MAX, 5, 1, 12, 60),
  SINGLE_GROUPBY_5_8_1("single-groupby-5-8-1", Kind.MAX, 5, 8, 1, 60),
  CPU_MAX_ALL_1("cpu-max-all-1", Kind.MAX, 10, 1, 8, 3600),
  CPU_MAX_ALL_8("cpu-max-all-8", Kind.MAX, 10, 8, 8, 3600),
  DOUBLE_GROUPBY_1("double-groupby-1", Kind.MEAN, 1, 0, 12, 3600),
  DOUBLE_GROUPBY_5("double-groupby-5", Kind.MEAN, 5, 0, 12, 3600),
  DOUBLE_GROUPBY_ALL("double-groupby-all", Kind.MEAN, 10, 0, 12, 3600),
  HIGH_CPU_1("high-cpu-1", Kind.HIGH, 10, 1, 12, 10),
  HIGH_CPU_ALL("high-cpu-all", Kind.HIGH, 10, 0, 12, 10),
  LASTPOINT("lastpoint", Kind.LAST, 10, 0, 0, 0),
  GROUPBY_ORDERBY_LIMIT("groupby-orderby-limit", Kind.LIMIT, 1, 0, 0, 60);

  /** What is asked for. */
  public enum Kind {
    /** The greatest value of each bucket over all hosts chosen. */
    MAX,
    /** The mean of each bucket and host. */
    MEAN,
    /** All rows with {@code usage_user} above 90. */
    HIGH,
    /** The newest row of each host. */
    LAST,
    /** The greatest values of the last five buckets before a time, newest first. */
    LIMIT
  }

  private final String label;
  private final Kind kind;
  private final int fields;
  private final int hosts;
  private final int hours;
  private final int bucketSeconds;

  QueryType(String label, Kind kind, int fields, int hosts, int hours, int bucketSeconds) {
    this.label = label;
    this.kind = kind;
    this.fields = fields;
    this.hosts = hosts;
    this.hours = hours;
    this.bucketSeconds = bucketSeconds;
  }

  /** The type with a name of TSBS. */
  public static QueryType named(String label) {
    return Arrays.stream(values())
        .filter(type -> type.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no query type is called " + label));
  }

  /** TSBS's name. */
  public String label() {
    return label;
  }

  public Kind kind() {
    return kind;
  }

  /** The first so many fields of cpu. */
  public int fields() {
    return fields;
  }

  /** How many hosts are chosen; 0 for all. */
  public int hosts() {
    return hosts;
  }

  /** Length of the time range; 0 where a type has none. */
  public int hours() {
    return hours;
  }

  /** Length of a bucket; the distance of rows where there are no buckets, 0 for LAST. */
  public int bucketSeconds() {
    return bucketSeconds;
  }
}
