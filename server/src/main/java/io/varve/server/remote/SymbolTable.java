package io.varve.server.remote;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where the strings of a remote-write 2.0 request are in its bytes. Reused; for one thread. */
final class SymbolTable {
  /** The field of a request that holds a symbol. */
  private static final int FIELD = 4;

  /** Offset and length of each. */
  private int[] spans = new int[2 * 256];

  private int count;

  /**
   * Reads the symbols of a request from its beginning; they may stand behind the series that use
   * them.
   */
  void read(ProtobufReader in) throws MalformedMessageException {
    count = 0;
    while (in.nextField()) {
      if (!in.is(FIELD, ProtobufReader.BYTES)) {
        in.skip();
        continue;
      }
      in.readBytes();
      if (2 * count == spans.length) {
        spans = Arrays.copyOf(spans, 2 * spans.length);
      }
      spans[2 * count] = in.bytesOffset();
      spans[2 * count + 1] = in.bytesLength();
      count++;
    }
    if (count > 0 && spans[1] != 0) {
      throw new MalformedMessageException("the first symbol has to be the empty string");
    }
  }

  int count() {
    return count;
  }

  int offset(int symbol) {
    return spans[2 * symbol];
  }

  int length(int symbol) {
    return spans[2 * symbol + 1];
  }

  boolean isSmall() {
    return spans.length <= 1 << 15;
  }

  /** The text of a symbol; empty if there is none. */
  String text(byte[] message, int ref) {
    return ref < 0 || ref >= count
        ? ""
        : new String(message, offset(ref), length(ref), StandardCharsets.UTF_8);
  }
}
