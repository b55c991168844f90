package io.varve.server.encode;

import io.varve.query.ResultCursor;

/** Writes a whole answer in some format. */
public interface ResultEncoder {
  /**
   * Runs the answer to its end and writes it; does not close it.
   *
   * @throws SinkClosedException if the receiver is gone
   */
  void encode(ResultCursor answer);
}
