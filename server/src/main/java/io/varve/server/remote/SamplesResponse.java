package io.varve.server.remote;

import io.varve.query.prometheus.SampleRun;
import io.varve.query.prometheus.SeriesVisitor;
import io.varve.query.promql.Labels;
import io.varve.query.promql.histogram.FloatHistogram;

/**
 * The answer to a remote read as one message, held in memory up to a bound. Called like this: for
 * each query {@link #beginQuery}, its series, {@link #endQuery}; then {@link #block}.
 */
public final class SamplesResponse implements SeriesVisitor {
  private final ProtobufWriter out = new ProtobufWriter();
  private final int maxBytes;
  private int query;
  private int series;

  /**
   * An empty answer.
   *
   * @param maxBytes most that it may have before compression
   */
  public SamplesResponse(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** There is more than fits; the message is for the sender. */
  public static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException(int maxBytes) {
      super(
          "the answer has more than "
              + maxBytes
              + " bytes: ask for a shorter range, or for STREAMED_XOR_CHUNKS");
    }
  }

  public void beginQuery() {
    query = out.begin(1);
  }

  public void endQuery() {
    out.end(query);
  }

  @Override
  public void beginSeries(Labels labels) {
    series = out.begin(1);
    PromLabels.write(labels, out);
  }

  @Override
  public void samples(SampleRun samples) {
    for (int i = 0; i < samples.count(); i++) {
      FloatHistogram histogram = samples.histogram(i);
      int sample = out.begin(histogram == null ? 2 : 4);
      if (histogram == null) {
        out.number(1, samples.value(i));
        out.integer(2, samples.timeMillis(i));
      } else {
        HistogramMessage.write(histogram, samples.timeMillis(i), out);
      }
      out.end(sample);
      if (out.length() > maxBytes) {
        throw new TooLargeException(maxBytes);
      }
    }
  }

  @Override
  public void endSeries() {
    out.end(series);
  }

  /** The message as a snappy block. */
  public byte[] block() {
    return SnappyBlock.encode(out.array(), out.length());
  }
}
