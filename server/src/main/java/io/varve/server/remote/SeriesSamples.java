package io.varve.server.remote;

import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The samples and histograms of one series of a remote-write request, and the count of what became
 * of those of all series so far. Reused; for one thread.
 */
final class SeriesSamples {
  private static final byte[] VALUE = "value".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HISTOGRAM = HistogramCodec.FIELD.getBytes(StandardCharsets.US_ASCII);
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** What a row of one value takes in a batch, its key left out. */
  private static final int ROW_BYTES = 40;

  private static final int SAMPLE_VALUE = 1;
  private static final int SAMPLE_TIME = 2;

  private final long maxBatchBytes;

  private long[] times = new long[16];
  private double[] values = new double[16];
  private int sampleCount;

  private final HistogramReader histogram = new HistogramReader();
  private long[] histogramTimes = new long[16];
  private byte[][] histogramTexts = new byte[16][];
  private int histogramCount;

  private int samples;
  private int histograms;
  private int refusedSamples;
  private int refusedHistograms;
  private long batchBytes;
  private @Nullable String complaint;

  SeriesSamples(long maxBatchBytes) {
    this.maxBatchBytes = maxBatchBytes;
  }

  /** Begins to count anew. */
  void begin() {
    samples = 0;
    histograms = 0;
    refusedSamples = 0;
    refusedHistograms = 0;
    batchBytes = 0;
    complaint = null;
  }

  void beginSeries() {
    sampleCount = 0;
    histogramCount = 0;
  }

  int samples() {
    return samples;
  }

  int refusedSamples() {
    return refusedSamples;
  }

  int histograms() {
    return histograms;
  }

  int refusedHistograms() {
    return refusedHistograms;
  }

  long batchBytes() {
    return batchBytes;
  }

  /** Why something was left out first, or null. */
  @Nullable String complaint() {
    return complaint;
  }

  boolean isSmall() {
    return times.length + 8 * histogramTimes.length <= 1 << 15;
  }

  /** What is 0 is not in the message. */
  void readSample(ProtobufReader in) throws MalformedMessageException {
    if (sampleCount == times.length) {
      times = Arrays.copyOf(times, 2 * sampleCount);
      values = Arrays.copyOf(values, 2 * sampleCount);
    }
    double value = 0;
    long time = 0;
    while (in.nextField()) {
      if (in.is(SAMPLE_VALUE, ProtobufReader.FIXED64)) {
        value = in.readDouble();
      } else if (in.is(SAMPLE_TIME, ProtobufReader.VARINT)) {
        time = in.readVarint();
      } else {
        in.skip();
      }
    }
    times[sampleCount] = time;
    values[sampleCount++] = value;
  }

  /** One that may not be stored is left out at once. */
  void readHistogram(ProtobufReader in) throws MalformedMessageException {
    histogram.read(in);
    byte[] text = histogram.text();
    if (text == null || text.length > PointBatch.MAX_STRING_BYTES) {
      refusedHistograms++;
      complain(
          text == null
              ? String.valueOf(histogram.problem())
              : "a histogram takes more than " + PointBatch.MAX_STRING_BYTES + " bytes");
      return;
    }
    if (histogramCount == histogramTimes.length) {
      histogramTimes = Arrays.copyOf(histogramTimes, 2 * histogramCount);
      histogramTexts = Arrays.copyOf(histogramTexts, 2 * histogramCount);
    }
    histogramTimes[histogramCount] = histogram.timeMillis();
    histogramTexts[histogramCount++] = text;
  }

  /**
   * Adds the rows of the series to a batch.
   *
   * @param problem why the series cannot be stored; null if it can
   * @throws MessageTooLargeException if the rows of the request take too much
   */
  void store(@Nullable String problem, LabelSetReader labels, PointBatch batch)
      throws MessageTooLargeException {
    String wrong = problem;
    if (wrong == null && labels.keyLength() > SeriesKey.MAX_BYTES) {
      wrong = "the labels take more than " + SeriesKey.MAX_BYTES + " bytes";
    }
    if (wrong != null) {
      refusedSamples += sampleCount;
      refusedHistograms += histogramCount;
      complain(wrong);
      return;
    }
    batchBytes += labels.keyLength() + (long) ROW_BYTES * (sampleCount + histogramCount);
    for (int i = 0; i < histogramCount; i++) {
      batchBytes += histogramTexts[i].length;
    }
    if (batchBytes > maxBatchBytes) {
      throw new MessageTooLargeException(
          "the samples take more than " + maxBatchBytes + " bytes in memory, send fewer at once");
    }
    for (int i = 0; i < sampleCount; i++) {
      if (beginRow(times[i], labels, batch)) {
        batch.addFloat(VALUE, 0, VALUE.length, values[i], PointBatch.UNKNOWN_DECIMALS);
        batch.endRow(times[i] * NANOS_PER_MILLI);
        samples++;
      } else {
        refusedSamples++;
      }
    }
    for (int i = 0; i < histogramCount; i++) {
      byte[] text = histogramTexts[i];
      if (beginRow(histogramTimes[i], labels, batch)) {
        batch.addString(HISTOGRAM, 0, HISTOGRAM.length, text, 0, text.length);
        batch.endRow(histogramTimes[i] * NANOS_PER_MILLI);
        histograms++;
      } else {
        refusedHistograms++;
      }
    }
  }

  /** Begins a row of the series; false if its time cannot be stored. */
  private boolean beginRow(long timeMillis, LabelSetReader labels, PointBatch batch) {
    long nanos = timeMillis * NANOS_PER_MILLI;
    if (nanos / NANOS_PER_MILLI != timeMillis) {
      complain("timestamp " + timeMillis + " is out of range");
      return false;
    }
    batch.beginRow(labels.key(), 0, labels.keyLength());
    return true;
  }

  private void complain(String reason) {
    if (complaint == null) {
      complaint = reason;
    }
  }
}
