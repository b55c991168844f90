package io.varve.server.remote;

import io.varve.query.promql.histogram.Buckets;
import io.varve.query.promql.histogram.FloatHistogram;

/** Writes the message of a native histogram, with floats. */
final class HistogramMessage {
  private HistogramMessage() {}

  static void write(FloatHistogram histogram, long timeMillis, ProtobufWriter out) {
    out.number(2, histogram.count());
    out.number(3, histogram.sum());
    out.signed(4, histogram.schema());
    out.number(5, histogram.zeroThreshold());
    out.number(7, histogram.zeroCount());
    writeBuckets(histogram.negative(), 8, out);
    writeBuckets(histogram.positive(), 11, out);
    out.integer(14, histogram.hint().code());
    out.integer(15, timeMillis);
    int size = histogram.bounds().size();
    if (size > 0) {
      int bounds = out.begin(16);
      for (int i = 0; i < size; i++) {
        out.rawDouble(histogram.bounds().upper(i));
      }
      out.end(bounds);
    }
  }

  /** Spans of neighbouring buckets, then the counts of all. */
  private static void writeBuckets(Buckets buckets, int field, ProtobufWriter out) {
    int end = 0;
    int from = 0;
    while (from < buckets.size()) {
      int to = from + 1;
      while (to < buckets.size() && buckets.index(to) == buckets.index(to - 1) + 1) {
        to++;
      }
      int span = out.begin(field);
      out.signed(1, buckets.index(from) - end);
      out.integer(2, to - from);
      out.end(span);
      end = buckets.index(to - 1) + 1;
      from = to;
    }
    if (!buckets.isEmpty()) {
      int counts = out.begin(field + 2);
      for (int i = 0; i < buckets.size(); i++) {
        out.rawDouble(buckets.count(i));
      }
      out.end(counts);
    }
  }
}
