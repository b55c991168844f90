package io.varve.server.http;

import io.varve.server.encode.ByteSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Deflates an answer into one gzip member on its way to the client.
 *
 * <p>A short answer is one piece, trailer and all, and so goes out with its length. Level 1: most
 * of the gain for a quarter of the time. {@link #finish} writes the trailer; {@link #close} frees
 * native memory. For one thread.
 */
final class GzipSink implements ByteSink, AutoCloseable {
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 255};
  private static final int PIECE_BYTES = 16 * 1024;
  private static final int TRAILER_BYTES = 8;

  private final ByteSink target;
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final CRC32 crc = new CRC32();
  private final byte[] piece = new byte[PIECE_BYTES];
  private int length;

  GzipSink(ByteSink target) {
    this.target = target;
    append(HEADER);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    crc.update(bytes, offset, count);
    deflater.setInput(bytes, offset, count);
    pump(Deflater.NO_FLUSH);
  }

  @Override
  public void flush() {
    pump(Deflater.SYNC_FLUSH);
    drain();
    target.flush();
  }

  void finish() {
    deflater.finish();
    pump(Deflater.NO_FLUSH);
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    trailer.putInt((int) crc.getValue()).putInt((int) deflater.getBytesRead());
    append(trailer.array());
    drain();
  }

  @Override
  public void close() {
    deflater.end();
  }

  /** Takes what there is of the deflated bytes; leaves room for the trailer. */
  private void pump(int mode) {
    while (true) {
      int room = PIECE_BYTES - TRAILER_BYTES - length;
      int count = deflater.deflate(piece, length, room, mode);
      length += count;
      if (count < room) {
        return;
      }
      drain();
    }
  }

  private void append(byte[] bytes) {
    System.arraycopy(bytes, 0, piece, length, bytes.length);
    length += bytes.length;
  }

  private void drain() {
    if (length > 0) {
      target.write(piece, 0, length);
      length = 0;
    }
  }
}
