package io.varve.server.encode;

import io.varve.query.CodedTexts;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cells of neighbouring columns that have the same codes, as the tags of a series do: their
 * JSON with the commas between them is made once for each code. For one thread.
 */
final class CodedCells {
  /** Codes from here on are not kept; they are made for each row. */
  private static final int MAX_KEPT = 16 * 1024;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ByteWriter scratch;
  private final JsonText text;

  private CodedTexts[] columns = new CodedTexts[0];
  private @Nullable Object space;
  private int[] codes = new int[0];
  private byte[][] kept = new byte[0][];

  CodedCells() {
    ByteSink sink =
        new ByteSink() {
          @Override
          public void write(byte[] piece, int offset, int length) {
            bytes.write(piece, offset, length);
          }

          @Override
          public void flush() {}
        };
    scratch = new ByteWriter(sink, new byte[ByteWriter.MIN_BUFFER_BYTES]);
    text = new JsonText(scratch);
  }

  /** Comes to another block. */
  void use(CodedTexts[] neighbours) {
    if (neighbours.length != columns.length || neighbours[0].space() != space) {
      kept = new byte[0][];
    }
    columns = neighbours;
    space = neighbours[0].space();
    codes = neighbours[0].codes();
  }

  /** How many columns these are. */
  int columnCount() {
    return columns.length;
  }

  /** The cells of a row. */
  byte[] cells(int row) {
    int code = codes[row];
    if (code < kept.length && kept[code] != null) {
      return kept[code];
    }
    byte[] made = make(code);
    if (code < MAX_KEPT) {
      if (code >= kept.length) {
        kept = Arrays.copyOf(kept, Math.min(MAX_KEPT, Math.max(code + 1, 2 * kept.length)));
      }
      kept[code] = made;
    }
    return made;
  }

  private byte[] make(int code) {
    bytes.reset();
    for (int c = 0; c < columns.length; c++) {
      if (c > 0) {
        scratch.write(',');
      }
      byte[] value = columns[c].text(code);
      if (value == null) {
        scratch.writeAscii("null");
      } else {
        text.write(value);
      }
    }
    scratch.drain();
    return bytes.toByteArray();
  }
}
