package io.varve.server.encode;

import io.varve.query.ResultBlock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Rows as JSON behind other rows, made by several threads: each writes blocks into {@linkplain
 * Piece pieces}, which somebody puts together. Writers and their buffers are used again, so there
 * are as many as threads and pieces at a time. Thread-safe.
 */
final class SharedRows {
  /** The rows of a block, each behind a comma. */
  static final class Piece {
    private final List<byte[]> segments = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
  }

  /** Room for most pieces, so that each is one write to the socket. */
  private static final int SEGMENT_BYTES = 256 * 1024;

  private final Epoch epoch;
  private final Queue<Writer> idleWriters = new ConcurrentLinkedQueue<>();
  private final Queue<byte[]> idleSegments = new ConcurrentLinkedQueue<>();

  SharedRows(Epoch epoch) {
    this.epoch = epoch;
  }

  /** Encodes a block, with times in the given zone where they are text. */
  Piece encode(ResultBlock block, int columnCount, ZoneId zone) {
    Writer idle = idleWriters.poll();
    Writer writer = idle == null ? new Writer() : idle;
    Piece piece = writer.encode(block, columnCount, zone);
    idleWriters.add(writer);
    return piece;
  }

  /** Writes a piece, which is gone afterwards. */
  void write(Piece piece, ByteWriter out) {
    for (int i = 0; i < piece.segments.size(); i++) {
      byte[] segment = piece.segments.get(i);
      out.writeThrough(segment, piece.lengths.get(i));
      idleSegments.add(segment);
    }
  }

  private byte[] segment() {
    byte[] idle = idleSegments.poll();
    return idle == null ? new byte[SEGMENT_BYTES] : idle;
  }

  /** For one thread at a time. */
  private final class Writer implements ByteSink {
    private final ByteWriter out = new ByteWriter(this, segment());
    private final RowWriter rows = new RowWriter(out, epoch, new JsonText(out));
    private Piece piece = new Piece();

    Piece encode(ResultBlock block, int columnCount, ZoneId zone) {
      piece = new Piece();
      rows.useZone(zone);
      rows.use(block, columnCount, false);
      int count = block.rowCount();
      for (int row = 0; row < count; row++) {
        out.write(',');
        rows.write(row);
      }
      out.drain();
      return piece;
    }

    @Override
    public byte[] exchange(byte[] full, int length) {
      piece.segments.add(full);
      piece.lengths.add(length);
      return segment();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      throw new IllegalStateException("segments are exchanged");
    }

    @Override
    public void flush() {}
  }
}
