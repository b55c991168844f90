package io.varve.server.remote;

import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.storage.model.PointBatch;
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
  /** The fields of a 1.0 request and its parts. */
  private static final int V1_SERIES = 1;

  private static final int V1_METADATA = 3;
  private static final int V1_LABEL = 1;
  private static final int V1_SAMPLE = 2;
  private static final int V1_EXEMPLAR = 3;
  private static final int V1_HISTOGRAM = 4;

  /** The fields of a 2.0 request and its parts. */
  private static final int V2_SERIES = 5;

  private static final int V2_LABEL_REFS = 1;
  private static final int V2_SAMPLE = 2;
  private static final int V2_HISTOGRAM = 3;
  private static final int V2_EXEMPLAR = 4;
  private static final int V2_METADATA = 5;

  private final ProtobufReader in = new ProtobufReader();
  private final LabelSetReader labels = new LabelSetReader();
  private final MetadataSink metadata;
  private final SeriesSamples series;
  private final SymbolTable symbols = new SymbolTable();
  private int[] refs = new int[64];
  private int refCount;
  private final int[] metadataRefs = new int[3];

  /** What was told last: type, help and unit, and where the metric's name is. */
  private final int[] toldRefs = new int[3];

  private int toldOffset;
  private int toldLength;

  private int exemplars;

  /**
   * A reader that tells what it learns about metrics.
   *
   * @param maxBatchBytes most that the rows of a request may take in the batch; a short 2.0 request
   *     can name a long symbol very often
   */
  public RemoteWriteReader(MetadataSink metadata, long maxBatchBytes) {
    this.metadata = metadata;
    this.series = new SeriesSamples(maxBatchBytes);
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
    return series.samples();
  }

  /** Samples that were left out. */
  public int refusedSamples() {
    return series.refusedSamples();
  }

  /** Native histograms that were added to the batch. */
  public int histograms() {
    return series.histograms();
  }

  /** Native histograms that were left out. */
  public int refusedHistograms() {
    return series.refusedHistograms();
  }

  /** Exemplars, which are all passed over. */
  public int exemplars() {
    return exemplars;
  }

  /** What the rows take in the batch, roughly. */
  public long batchBytes() {
    return series.batchBytes();
  }

  /** Whether little is kept for the next request. */
  public boolean isSmall() {
    return series.isSmall() && symbols.isSmall() && refs.length <= 1 << 14 && labels.isSmall();
  }

  /** Why something was left out, or null. */
  public @Nullable String complaint() {
    return series.complaint();
  }

  private void begin(byte[] message, int length) {
    series.begin();
    exemplars = 0;
    toldLength = 0;
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
    series.beginSeries();
    while (in.nextField()) {
      if (in.is(V1_LABEL, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readLabel();
        in.leave(outer);
      } else if (in.is(V1_SAMPLE, ProtobufReader.BYTES)) {
        int outer = in.enter();
        series.readSample(in);
        in.leave(outer);
      } else if (in.is(V1_HISTOGRAM, ProtobufReader.BYTES)) {
        int outer = in.enter();
        series.readHistogram(in);
        in.leave(outer);
      } else {
        exemplars += in.is(V1_EXEMPLAR, ProtobufReader.BYTES) ? 1 : 0;
        in.skip();
      }
    }
    series.store(labels.finish(), labels, batch);
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
    symbols.read(in);
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

  private void readSeriesV2(byte[] message, PointBatch batch) throws MalformedMessageException {
    refCount = 0;
    series.beginSeries();
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
        series.readSample(in);
        in.leave(outer);
      } else if (in.is(V2_METADATA, ProtobufReader.BYTES)) {
        int outer = in.enter();
        readMetadataV2();
        in.leave(outer);
      } else if (in.is(V2_HISTOGRAM, ProtobufReader.BYTES)) {
        int outer = in.enter();
        series.readHistogram(in);
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
    series.store(problem, labels, batch);
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
      if (Math.max(name, value) >= symbols.count()) {
        return "a label refers to symbol "
            + Math.max(name, value)
            + ", there are "
            + symbols.count();
      }
      labels.add(
          symbols.offset(name), symbols.length(name), symbols.offset(value), symbols.length(value));
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
        symbols.text(message, metadataRefs[1]),
        symbols.text(message, metadataRefs[2]));
  }
}
