package io.varve.query.promql.histogram;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A histogram as the text that is stored of it: {@code nh1:} and the Base64 of the bytes that
 * {@code docs/format/native-histogram.md} describes. What is stored must be UTF-8, and a client
 * that reads the field by InfluxQL sees something harmless.
 */
public final class HistogramCodec {
  /** The field of a measurement that has its histograms. */
  public static final String FIELD = "native_histogram";

  private static final byte[] PREFIX = "nh1:".getBytes(StandardCharsets.US_ASCII);
  private static final int CUSTOM_FLAG = 4;
  private static final int HINT_BITS = 3;

  private HistogramCodec() {}

  /** Whether a text says of itself that it is a histogram. */
  public static boolean isHistogram(byte[] text) {
    return text.length >= PREFIX.length
        && Arrays.equals(text, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
  }

  /** Whether it is the marker that the series has ended, which has no bytes. */
  public static boolean isStale(byte[] text) {
    return Arrays.equals(text, PREFIX);
  }

  /** The marker that the series has ended. */
  public static byte[] staleMarker() {
    return PREFIX.clone();
  }

  public static byte[] encode(FloatHistogram histogram) {
    NumberBytes out = new NumberBytes(new byte[64], 0);
    out.putByte(histogram.hint().code() | (histogram.isCustom() ? CUSTOM_FLAG : 0));
    out.putNumber(histogram.count());
    out.putNumber(histogram.sum());
    if (histogram.isCustom()) {
      out.putUnsigned(histogram.bounds().size());
      for (int i = 0; i < histogram.bounds().size(); i++) {
        out.putNumber(histogram.bounds().upper(i));
      }
    } else {
      out.putByte(histogram.schema());
      out.putNumber(histogram.zeroThreshold());
      out.putNumber(histogram.zeroCount());
      putBuckets(histogram.negative(), out);
    }
    putBuckets(histogram.positive(), out);
    byte[] body = Base64.getEncoder().withoutPadding().encode(out.toBytes());
    byte[] text = Arrays.copyOf(PREFIX, PREFIX.length + body.length);
    System.arraycopy(body, 0, text, PREFIX.length, body.length);
    return text;
  }

  private static void putBuckets(Buckets buckets, NumberBytes out) {
    out.putUnsigned(buckets.size());
    int next = 0;
    for (int i = 0; i < buckets.size(); i++) {
      out.putSigned((long) buckets.index(i) - next);
      next = buckets.index(i) + 1;
    }
    double before = 0;
    for (int i = 0; i < buckets.size(); i++) {
      out.putNumber(buckets.count(i), before);
      before = buckets.count(i);
    }
  }

  /**
   * The histogram of a text that {@link #isHistogram} and not {@link #isStale}.
   *
   * @throws HistogramFormatException if it is damaged
   */
  public static FloatHistogram decode(byte[] text) throws HistogramFormatException {
    byte[] body;
    try {
      body = Base64.getDecoder().decode(Arrays.copyOfRange(text, PREFIX.length, text.length));
    } catch (IllegalArgumentException e) {
      throw new HistogramFormatException("a native histogram is no Base64");
    }
    NumberBytes in = new NumberBytes(body, body.length);
    int head = in.readByte();
    if (head < 0 || head >= 2 * CUSTOM_FLAG) {
      throw new HistogramFormatException("a native histogram begins with unknown flags: " + head);
    }
    boolean custom = (head & CUSTOM_FLAG) != 0;
    double count = in.readNumber();
    double sum = in.readNumber();
    int schema = FloatHistogram.CUSTOM;
    double zeroThreshold = 0;
    double zeroCount = 0;
    Buckets negative = Buckets.NONE;
    CustomBounds bounds = CustomBounds.NONE;
    if (custom) {
      bounds = readBounds(in);
    } else {
      schema = in.readByte();
      zeroThreshold = in.readNumber();
      zeroCount = in.readNumber();
      negative = readBuckets(in);
    }
    Buckets positive = readBuckets(in);
    in.checkEnd();
    FloatHistogram histogram =
        new FloatHistogram(
            schema,
            CounterReset.ofCode(head & HINT_BITS),
            count,
            sum,
            zeroThreshold,
            zeroCount,
            negative,
            positive,
            bounds);
    String problem = HistogramRules.problem(histogram);
    if (problem != null) {
      throw new HistogramFormatException(problem);
    }
    return histogram;
  }

  private static CustomBounds readBounds(NumberBytes in) throws HistogramFormatException {
    double[] bounds = new double[in.readSize()];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = in.readNumber();
    }
    return CustomBounds.of(bounds);
  }

  private static Buckets readBuckets(NumberBytes in) throws HistogramFormatException {
    int size = in.readSize();
    int[] indexes = new int[size];
    double[] counts = new double[size];
    long next = 0;
    for (int i = 0; i < size; i++) {
      long distance = in.readSigned();
      long index = next + distance;
      if ((i > 0 && distance < 0) || Math.abs(index) > HistogramRules.MAX_INDEX) {
        throw new HistogramFormatException("bucket " + index + " of a native histogram is amiss");
      }
      indexes[i] = (int) index;
      next = index + 1;
    }
    double before = 0;
    for (int i = 0; i < size; i++) {
      before = in.readNumber(before);
      counts[i] = before;
    }
    return Buckets.of(indexes, counts, size);
  }
}
