package io.varve.server.remote;

import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads remote-write requests, versions 1.0 and 2.0, into a batch: metric {@code m} becomes
 * measurement {@code m} with the field {@code value}, or {@code native_histogram} for what {@link
 * HistogramCodec} makes of a histogram; labels become tags.
 *
 * <p>A series that cannot be stored is counted and left out; the first reason is kept for the
 * answer. A message that is not protobuf is refused as a whole. Source: the Remote-Write
 * specifications 1.0 and 2.0. Reused; for one thread.
 */
public final class RemoteWriteReader {
  private static final byte[] VALUE = "value".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HISTOGRAM = HistogramCodec.FIELD.getBytes(StandardCharsets.US_ASCII);
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** The fields of a 1.0 request and its parts. */
  private static final int V1_SERIES = 1;

  private static final int V1_METADATA = 3;
  private static final int V1_LABEL = 1;
  private static final int V1_SAMPLE = 2;
  private static final int V1_EXEMPLAR = 3;
  private static final int V1_HISTOGRAM = 4;

  /** The fields of a 2.0 request and its parts. */
  private static final int V2_SYMBOL = 4;

  private static final int V2_SERIES = 5;
  private static final int V2_LABEL_REFS = 1;
  private static final int V2_SAMPLE = 2;
  private static final int V2_HISTOGRAM = 3;
  private static final int V2_EXEMPLAR = 4;
  private static final int V2_METADATA = 5;

  /** What a row of one value takes in a batch, its key left out. */
  private static final int ROW_BYTES = 40;

  private static final int SAMPLE_VALUE = 1;
  private static final int SAMPLE_TIME = 2;

  private final ProtobufReader in = new ProtobufReader();
  private final LabelSetReader labels = new LabelSetReader();
  private final MetadataSink metadata;
  private final long maxBatchBytes;

  /** Times and values of the series being read. */
  private long[] times = new long[16];

  private double[] values = new double[16];
  private int sampleCount;

  private final HistogramReader histogram = new HistogramReader();
  private long[] histogramTimes = new long[16];
  private byte[][] histogramTexts = new byte[16][];
  private int histogramCount;

  /** Offset and length of each symbol of a 2.0 request. */
  private int[] symbols = new int[2 * 256];

  private int symbolCount;
  private int[] refs = new int[64];
  private int refCount;
  private final int[] metadataRefs = new int[3];

  /** What was told last: type, help and unit, and where the metric's name is. */
  private final int[] toldRefs = new int[3];

  private int toldOffset;
  private int toldLength;

  private int samples;
  private int histograms;
  private int refusedSamples;
  private int refusedHistograms;
  private int exemplars;
  private long batchBytes;
  private @Nullable String complaint;

  /**
   * A reader that tells what it learns about metrics.
   *
   * @param maxBatchBytes most that the rows of a request may take in the batch; a short 2.0 request
   *     can name a long symbol very often
   */
  public RemoteWriteReader(MetadataSink metadata, long maxBatchBytes) {
    this.metadata = metadata;
    this.maxBatchBytes = maxBatchBytes;
  }

  /** Takes what senders say about metrics. */
  public interface MetadataSink {
    /**
     * Called once per metric that something is said about.
     *
     * @param type as Prometheus numbers it: unknown, counter, gauge, histogram, gauge histogram,
     *     summary, info, state set
     */
    void accept(String metric, int type, String help, String unit);
  }

  /** Samples that were added to the batch. */
  public int samples() {
    return samples;
  }

  /** Samples that were left out. */
  public int refusedSamples() {
    return refusedSamples;
  }

  /** Native histograms that were added to the batch. */
  public int histograms() {
    return histograms;
  }

  /** Native histograms that were left out. */
  public int refusedHistograms() {
    return refusedHistograms;
  }

  /** Exemplars, which are all passed over. */
  public int exemplars() {
    return exemplars;
  }

  /** What the rows take in the batch, roughly. */
  public long batchBytes() {
    return batchBytes;
  }

  /** Whether little is kept for the next request. */
  public boolean isSmall() {
    return times.length + symbols.length + refs.length + 8 * histogramTimes.length <= 1 << 16
        && labels.isSmall();
  }

  /** Why something was left out, or null. */
  public @Nullable String complaint() {
    return complaint;
  }

  private void begin(byte[] message, int length) {
    samples = 0;
    histograms = 0;
    refusedSamples = 0;
    refusedHistograms = 0;
    exemplars = 0;
    batchBytes = 0;
    toldLength = 0;
    complaint = null;
    in.begin(message, 0, length);
  }

  /**
   * Reads a 1.0 request.
   *
   * @throws MessageTooLargeException if its rows take too much; then the batch must be cleared
   * @throws MalformedMessageException if it is none; then the batch must be cleared
   */
  public void readV1(byte[] message, int length, PointBatch batch)
      throws MalformedMessageException {
    begin(message, length);
    while (in.nextField()) {
      if (in.is(V1_SERIES, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readSeriesV1(message, batch);
        in.leave(outer);
      } else if (in.is(V1_METADATA, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readMetadataV1();
        in.leave(outer);
      } else {
        in.skip();
      }
    }
  }

  private void readSeriesV1(byte[] message, PointBatch batch) throws MalformedMessageException {
    labels.begin(message);
    sampleCount = 0;
    histogramCount = 0;
    while (in.nextField()) {
      if (in.is(V1_LABEL, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readLabel();
        in.leave(outer);
      } else if (in.is(V1_SAMPLE, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readSample();
        in.leave(outer);
      } else if (in.is(V1_HISTOGRAM, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readHistogram();
        in.leave(outer);
      } else {
        exemplars += in.is(V1_EXEMPLAR, ProtobufReader.BYTES) ? 1 : 0;
        in.skip();
      }
    }
    store(labels.finish(), batch);
  }

  private void readLabel() throws MalformedMessageException {
    int nameOffset = 0;
    int nameLength = 0;
    int valueOffset = 0;
    int valueLength = 0;
    while (in.nextField()) {
      if (in.is(1, ProtobufReader.BYTES)) {
        in.readBytes();
        nameOffset = in.bytesOffset();
        nameLength = in.bytesLength();
      } else if (in.is(2, ProtobufReader.BYTES)) {
        in.readBytes();
        valueOffset = in.bytesOffset();
        valueLength = in.bytesLength();
      } else {
        in.skip();
      }
    }
    labels.add(nameOffset, nameLength, valueOffset, valueLength);
  }

  /** What is 0 is not in the message. */
  private void readSample() throws MalformedMessageException {
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
  private void readHistogram() throws MalformedMessageException {
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

  private void readMetadataV1() throws MalformedMessageException {
    int type = 0;
    String metric = "";
    String help = "";
    String unit = "";
    while (in.nextField()) {
      if (in.is(1, ProtobufReader.VARINT)) {
        type = (int) in.readVarint();
      } else if (in.is(2, ProtobufReader.BYTES)) {
        metric = readText();
      } else if (in.is(4, ProtobufReader.BYTES)) {
        help = readText();
      } else if (in.is(5, ProtobufReader.BYTES)) {
        unit = readText();
      } else {
        in.skip();
      }
    }
    if (!metric.isEmpty()) {
      metadata.accept(metric, type, help, unit);
    }
  }

  private String readText() throws MalformedMessageException {
    in.readBytes();
    return new String(in.array(), in.bytesOffset(), in.bytesLength(), StandardCharsets.UTF_8);
  }

  /**
   * Reads a 2.0 request.
   *
   * @throws MessageTooLargeException if its rows take too much; then the batch must be cleared
   * @throws MalformedMessageException if it is none; then the batch must be cleared
   */
  public void readV2(byte[] message, int length, PointBatch batch)
      throws MalformedMessageException {
    begin(message, length);
    readSymbols();
    in.begin(message, 0, length);
    while (in.nextField()) {
      if (in.is(V2_SERIES, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readSeriesV2(message, batch);
        in.leave(outer);
      } else {
        in.skip();
      }
    }
  }

  /** Symbols may stand behind the series that use them. */
  private void readSymbols() throws MalformedMessageException {
    symbolCount = 0;
    while (in.nextField()) {
      if (!in.is(V2_SYMBOL, ProtobufReader.BYTES)) {
        in.skip();
        continue;
      }
      in.readBytes();
      if (2 * symbolCount == symbols.length) {
        symbols = Arrays.copyOf(symbols, 2 * symbols.length);
      }
      symbols[2 * symbolCount] = in.bytesOffset();
      symbols[2 * symbolCount + 1] = in.bytesLength();
      symbolCount++;
    }
    if (symbolCount > 0 && symbols[1] != 0) {
      throw new MalformedMessageException("the first symbol has to be the empty string");
    }
  }

  private void readSeriesV2(byte[] message, PointBatch batch) throws MalformedMessageException {
    refCount = 0;
    sampleCount = 0;
    histogramCount = 0;
    Arrays.fill(metadataRefs, 0);
    while (in.nextField()) {
      if (in.is(V2_LABEL_REFS, ProtobufReader.BYTES)) {
        int outer = in.enter();
        while (in.hasMore()) {
          addRef(in.readVarint());
        }
        in.leave(outer);
      } else if (in.is(V2_LABEL_REFS, ProtobufReader.VARINT)) {
        addRef(in.readVarint());
      } else if (in.is(V2_SAMPLE, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readSample();
        in.leave(outer);
      } else if (in.is(V2_METADATA, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readMetadataV2();
        in.leave(outer);
      } else if (in.is(V2_HISTOGRAM, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readHistogram();
        in.leave(outer);
      } else {
        exemplars += in.is(V2_EXEMPLAR, ProtobufReader.BYTES) ? 1 : 0;
        in.skip();
      }
    }
    String problem = resolveLabels(message);
    if (problem == null) {
      problem = labels.finish();
    }
    store(problem, batch);
    if (problem == null) {
      tellMetadata(message);
    }
  }

  private void addRef(long ref) {
    if (refCount == refs.length) {
      refs = Arrays.copyOf(refs, 2 * refCount);
    }
    refs[refCount++] = ref < 0 || ref > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) ref;
  }

  private @Nullable String resolveLabels(byte[] message) {
    if ((refCount & 1) != 0) {
      return "the number of label references is odd";
    }
    labels.begin(message);
    for (int i = 0; i < refCount; i += 2) {
      int name = refs[i];
      int value = refs[i + 1];
      if (name >= symbolCount || value >= symbolCount) {
        return "a label refers to symbol " + Math.max(name, value) + ", there are " + symbolCount;
      }
      labels.add(
          symbols[2 * name], symbols[2 * name + 1], symbols[2 * value], symbols[2 * value + 1]);
    }
    return null;
  }

  private void readMetadataV2() throws MalformedMessageException {
    while (in.nextField()) {
      if (in.is(1, ProtobufReader.VARINT)) {
        metadataRefs[0] = (int) in.readVarint();
      } else if (in.is(3, ProtobufReader.VARINT)) {
        metadataRefs[1] = (int) in.readVarint();
      } else if (in.is(4, ProtobufReader.VARINT)) {
        metadataRefs[2] = (int) in.readVarint();
      } else {
        in.skip();
      }
    }
  }

  /** Series of one metric mostly follow each other and all say the same. */
  private void tellMetadata(byte[] message) {
    if (metadataRefs[0] == 0 && metadataRefs[1] == 0 && metadataRefs[2] == 0) {
      return;
    }
    int offset = labels.metricOffset();
    int length = labels.metricLength();
    if (Arrays.equals(metadataRefs, toldRefs)
        && Arrays.equals(
            message, offset, offset + length, message, toldOffset, toldOffset + toldLength)) {
      return;
    }
    toldOffset = offset;
    toldLength = length;
    System.arraycopy(metadataRefs, 0, toldRefs, 0, toldRefs.length);
    metadata.accept(
        new String(message, offset, length, StandardCharsets.UTF_8),
        metadataRefs[0],
        symbol(message, metadataRefs[1]),
        symbol(message, metadataRefs[2]));
  }

  /** The text of a symbol; empty if there is none. */
  private String symbol(byte[] message, int ref) {
    return ref < 0 || ref >= symbolCount
        ? ""
        : new String(message, symbols[2 * ref], symbols[2 * ref + 1], StandardCharsets.UTF_8);
  }

  private void store(@Nullable String problem, PointBatch batch) throws MessageTooLargeException {
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
      if (beginRow(times[i], batch)) {
        batch.addFloat(VALUE, 0, VALUE.length, values[i], PointBatch.UNKNOWN_DECIMALS);
        batch.endRow(times[i] * NANOS_PER_MILLI);
        samples++;
      } else {
        refusedSamples++;
      }
    }
    for (int i = 0; i < histogramCount; i++) {
      byte[] text = histogramTexts[i];
      if (beginRow(histogramTimes[i], batch)) {
        batch.addString(HISTOGRAM, 0, HISTOGRAM.length, text, 0, text.length);
        batch.endRow(histogramTimes[i] * NANOS_PER_MILLI);
        histograms++;
      } else {
        refusedHistograms++;
      }
    }
  }

  /** Begins a row of the series; false if its time cannot be stored. */
  private boolean beginRow(long timeMillis, PointBatch batch) {
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
