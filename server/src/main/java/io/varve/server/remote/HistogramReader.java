package io.varve.server.remote;

import io.varve.query.promql.histogram.Buckets;
import io.varve.query.promql.histogram.CounterReset;
import io.varve.query.promql.histogram.CustomBounds;
import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.query.promql.histogram.HistogramRules;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a native histogram of either version of remote write: with integers, whose buckets are
 * differences to the one before, or with floats. Reused; for one thread.
 */
final class HistogramReader {
  /** The fields of the message, the same in both versions. */
  private static final int COUNT_INTEGER = 1;

  private static final int COUNT_FLOAT = 2;
  private static final int SUM = 3;
  private static final int SCHEMA = 4;
  private static final int ZERO_THRESHOLD = 5;
  private static final int ZERO_COUNT_INTEGER = 6;
  private static final int ZERO_COUNT_FLOAT = 7;

  /** Three fields for each side: spans, differences, counts. */
  private static final int NEGATIVE = 8;

  private static final int POSITIVE = 11;
  private static final int RESET_HINT = 14;
  private static final int TIMESTAMP = 15;
  private static final int CUSTOM_VALUES = 16;

  /** The sum that says that the series has ended. */
  private static final long STALE_BITS = 0x7ff0000000000002L;

  private final HistogramSide negative = new HistogramSide();
  private final HistogramSide positive = new HistogramSide();
  private double[] bounds = new double[16];
  private int boundCount;
  private long schema;
  private long hint;
  private double count;
  private double sum;
  private double zeroThreshold;
  private double zeroCount;
  private boolean integers;
  private long timeMillis;

  /** Reads the message that was entered. */
  void read(ProtobufReader in) throws MalformedMessageException {
    negative.clear();
    positive.clear();
    boundCount = 0;
    schema = 0;
    hint = 0;
    count = 0;
    sum = 0;
    zeroThreshold = 0;
    zeroCount = 0;
    integers = false;
    timeMillis = 0;
    while (in.nextField()) {
      if (!readNumber(in)
          && !negative.read(in, NEGATIVE)
          && !positive.read(in, POSITIVE)
          && !readBounds(in)) {
        in.skip();
      }
    }
  }

  private boolean readNumber(ProtobufReader in) throws MalformedMessageException {
    if (in.is(COUNT_INTEGER, ProtobufReader.VARINT)) {
      count = unsigned(in.readVarint());
      integers = true;
    } else if (in.is(COUNT_FLOAT, ProtobufReader.FIXED64)) {
      count = in.readDouble();
      integers = false;
    } else if (in.is(SUM, ProtobufReader.FIXED64)) {
      sum = in.readDouble();
    } else if (in.is(SCHEMA, ProtobufReader.VARINT)) {
      schema = ProtobufReader.zigZag(in.readVarint());
    } else if (in.is(ZERO_THRESHOLD, ProtobufReader.FIXED64)) {
      zeroThreshold = in.readDouble();
    } else if (in.is(ZERO_COUNT_INTEGER, ProtobufReader.VARINT)) {
      zeroCount = unsigned(in.readVarint());
    } else if (in.is(ZERO_COUNT_FLOAT, ProtobufReader.FIXED64)) {
      zeroCount = in.readDouble();
    } else if (in.is(RESET_HINT, ProtobufReader.VARINT)) {
      hint = in.readVarint();
    } else if (in.is(TIMESTAMP, ProtobufReader.VARINT)) {
      timeMillis = in.readVarint();
    } else {
      return false;
    }
    return true;
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : (double) ((bits >>> 1) | (bits & 1)) * 2;
  }

  private boolean readBounds(ProtobufReader in) throws MalformedMessageException {
    if (in.is(CUSTOM_VALUES, ProtobufReader.FIXED64)) {
      addBound(in.readDouble());
      return true;
    }
    if (!in.is(CUSTOM_VALUES, ProtobufReader.BYTES)) {
      return false;
    }
    int outer = in.enter();
    while (in.hasMore()) {
      addBound(in.readDouble());
    }
    in.leave(outer);
    return true;
  }

  private void addBound(double bound) {
    if (boundCount == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * boundCount);
    }
    bounds[boundCount++] = bound;
  }

  long timeMillis() {
    return timeMillis;
  }

  /** What is stored of it; null if it may not be, see {@link #problem}. */
  byte @Nullable [] text() {
    if (Double.doubleToRawLongBits(sum) == STALE_BITS) {
      return HistogramCodec.staleMarker();
    }
    if (problem() != null) {
      return null;
    }
    return HistogramCodec.encode(histogram());
  }

  /** What is wrong with it, or null. */
  @Nullable String problem() {
    String problem = negative.problem("negative");
    if (problem == null) {
      problem = positive.problem("positive");
    }
    if (problem == null && (schema != (int) schema)) {
      problem = "histogram schema " + schema + " is out of range";
    }
    return problem != null ? problem : problem(histogram());
  }

  private @Nullable String problem(FloatHistogram histogram) {
    String problem = HistogramRules.problem(histogram);
    if (problem == null && integers) {
      double inBuckets =
          histogram.negative().total() + histogram.positive().total() + histogram.zeroCount();
      // Observations of NaN are in no bucket.
      if (Double.isNaN(sum) ? inBuckets > count : inBuckets != count) {
        return "the buckets of a histogram have "
            + inBuckets
            + " observations, its count is "
            + count;
      }
    }
    return problem;
  }

  private FloatHistogram histogram() {
    return new FloatHistogram(
        (int) schema,
        CounterReset.ofCode(hint),
        count,
        sum,
        zeroThreshold,
        zeroCount,
        buckets(negative),
        buckets(positive),
        CustomBounds.of(Arrays.copyOf(bounds, boundCount)));
  }

  private static Buckets buckets(HistogramSide side) {
    return Buckets.of(side.indexes(), side.counts(), side.count());
  }
}
