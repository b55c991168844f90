package io.varve.server.http;

import io.varve.server.encode.ByteSink;
import org.jspecify.annotations.Nullable;

/**
 * Compresses an answer unless it is too short to be worth it.
 *
 * <p>The first piece decides: it is shorter than a full buffer only if it is the whole answer, or
 * the first of many documents, which are compressed in any case. For one thread.
 */
final class GzipChoice implements ByteSink, AutoCloseable {
  /** One packet carries this much anyway. */
  private static final int MIN_COMPRESSED_BYTES = 1400;

  private final AnswerSink plain;
  private final boolean always;
  private @Nullable GzipSink gzip;
  private boolean chosen;

  GzipChoice(AnswerSink plain, boolean always) {
    this.plain = plain;
    this.always = always;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (!chosen) {
      chosen = true;
      if (always || length >= MIN_COMPRESSED_BYTES) {
        plain.setGzip();
        gzip = new GzipSink(plain);
      }
    }
    target().write(bytes, offset, length);
  }

  @Override
  public void flush() {
    if (always && chosen) {
      target().flush();
    }
  }

  /** Completes the compressed form; the plain sink is left to its owner. */
  void finish() {
    if (gzip != null) {
      gzip.finish();
    }
  }

  @Override
  public void close() {
    if (gzip != null) {
      gzip.close();
    }
  }

  private ByteSink target() {
    return gzip == null ? plain : gzip;
  }
}
