package io.varve.server.remote;

import io.varve.query.prometheus.SampleRun;
import io.varve.query.prometheus.SeriesVisitor;
import io.varve.query.promql.Labels;
import java.util.zip.CRC32C;

/**
 * The answer to a remote read as a stream of frames: the length of a message as a varint, its
 * CRC-32C with the highest byte first, and the message, which has some chunks of one series. Holds
 * one frame. For one thread.
 *
 * <p>Source: "Remote Read API" and {@code storage/remote/chunked.go} of Prometheus.
 */
public final class ChunkedResponse implements SeriesVisitor {
  /** Most bytes of a frame, as Prometheus has it. */
  static final int MAX_FRAME_BYTES = 1 << 20;

  /** Most that a chunk and the rest of the message can take. */
  private static final int MAX_CHUNK_BYTES = 4096;

  private static final int XOR = 1;

  /** Takes the bytes of the stream in pieces. */
  @FunctionalInterface
  public interface Output {
    /** Takes a piece; the array is the caller's again when this returns. */
    void write(byte[] bytes, int offset, int length);
  }

  private final Output output;
  private final ProtobufWriter series = new ProtobufWriter();
  private final XorChunk chunk = new XorChunk();
  private final CRC32C checksum = new CRC32C();
  private final ProtobufWriter envelope = new ProtobufWriter();
  private final byte[] head = new byte[9];
  private final long query;
  private int labelsEnd;

  /**
   * The answer to one query.
   *
   * @param query its place in the request, from 0
   */
  public ChunkedResponse(int query, Output output) {
    this.query = query;
    this.output = output;
  }

  @Override
  public void beginSeries(Labels labels) {
    series.truncate(0);
    PromLabels.write(labels, series);
    labelsEnd = series.length();
    chunk.begin();
  }

  @Override
  public void samples(SampleRun samples) {
    for (int i = 0; i < samples.count(); i++) {
      if (chunk.isFull()) {
        endChunk();
      }
      chunk.add(samples.timeMillis(i), samples.value(i));
    }
  }

  /** The labels stay for the next frame of the series. */
  private void endChunk() {
    int start = series.begin(2);
    series.integer(1, chunk.firstTime());
    series.integer(2, chunk.lastTime());
    series.integer(3, XOR);
    series.bytes(4, chunk.array(), chunk.lengthBytes());
    series.end(start);
    chunk.begin();
    if (series.length() > MAX_FRAME_BYTES - MAX_CHUNK_BYTES) {
      endFrame();
      series.truncate(labelsEnd);
    }
  }

  private void endFrame() {
    envelope.truncate(0);
    envelope.prefix(1, series.length());
    int prefix = envelope.length();
    envelope.integer(2, query);
    int suffix = envelope.length() - prefix;
    checksum.reset();
    checksum.update(envelope.array(), 0, prefix);
    checksum.update(series.array(), 0, series.length());
    checksum.update(envelope.array(), prefix, suffix);
    output.write(head, 0, putHead(envelope.length() + series.length()));
    output.write(envelope.array(), 0, prefix);
    output.write(series.array(), 0, series.length());
    output.write(envelope.array(), prefix, suffix);
  }

  private int putHead(int length) {
    int at = 0;
    int rest = length;
    while (rest >= 0x80) {
      head[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    head[at++] = (byte) rest;
    for (int shift = 24; shift >= 0; shift -= 8) {
      head[at++] = (byte) (checksum.getValue() >>> shift);
    }
    return at;
  }

  @Override
  public void endSeries() {
    if (chunk.count() > 0) {
      endChunk();
    }
    if (series.length() > labelsEnd) {
      endFrame();
    }
  }
}
