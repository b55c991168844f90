package io.varve.bench.tsbs;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One query, in no language yet.
 *
 * <p>Unlike TSBS's, time ranges begin and end with a bucket, so that InfluxQL, SQL and PromQL can
 * ask for the same; a range longer than the data is the whole data.
 *
 * @param fields in the order in which answers are wanted
 * @param hosts names; empty for all
 * @param startSeconds begin of the range, inclusive
 * @param endSeconds its end, exclusive
 * @param bucketSeconds length of a bucket, or distance of rows
 */
public record Question(
    QueryType type,
    List<String> fields,
    List<String> hosts,
    long startSeconds,
    long endSeconds,
    int bucketSeconds) {
  /** How many buckets {@link QueryType.Kind#LIMIT} asks for. */
  public static final int LIMIT = 5;

  /** The threshold of {@link QueryType.Kind#HIGH}. */
  public static final int HIGH = 90;

  /** The name of a host. */
  public static String hostName(int host) {
    return "host_" + host;
  }

  /**
   * Seeded questions of a type, the same ones for the same arguments.
   *
   * @param count how many
   * @param steps rows that each series has, an hour of them at least
   */
  public static List<Question> of(QueryType type, int count, int hosts, long steps, long seed) {
    if (steps * CpuTable.STEP_SECONDS < 3600) {
      throw new IllegalArgumentException("questions need an hour of data, not " + steps + " steps");
    }
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + type.label().hashCode());
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      questions.add(one(type, hosts, steps, random));
    }
    return questions;
  }

  private static Question one(QueryType type, int hosts, long steps, SplittableRandom random) {
    Set<String> chosen = new LinkedHashSet<>();
    while (chosen.size() < Math.min(type.hosts(), hosts)) {
      chosen.add(hostName(random.nextInt(hosts)));
    }
    List<String> names = List.copyOf(chosen);
    long start = RowSource.START_NANOS / 1_000_000_000;
    long end = start + steps * CpuTable.STEP_SECONDS;
    List<String> fields = Measurements.CPU.fields().subList(0, type.fields());
    int bucket = type.bucketSeconds();
    switch (type.kind()) {
      case LAST -> {
        return new Question(type, fields, names, start, end, bucket);
      }
      case LIMIT -> {
        long buckets = (end - start) / bucket;
        long last = Math.min(buckets, LIMIT + random.nextLong(Math.max(1, buckets - LIMIT + 1)));
        return new Question(type, fields, names, start, start + last * bucket, bucket);
      }
      case MAX, MEAN, HIGH -> {
        long range = Math.min(type.hours() * 3600L, end - start) / bucket * bucket;
        long places = (end - start - range) / bucket + 1;
        long from = start + random.nextLong(places) * bucket;
        return new Question(type, fields, names, from, from + range, bucket);
      }
    }
    throw new IllegalStateException("no questions of kind " + type.kind());
  }
}
