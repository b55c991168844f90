package io.varve.query.function;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Sketches as the texts that {@code sum_hll} gives and {@code count_hll} takes, those of InfluxDB:
 * {@code HLL_} and Base64 of
 *
 * <pre>
 *   u8 version | u8 precision | u8 1 | u32 n, n u32 entries | list of entries     few values
 *   u8 version | u8 precision | u8 0 | u32 65,536, so many registers of a byte    many values
 *   list: u32 count | u32 last entry | u32 bytes | varints: differences of entries
 * </pre>
 *
 * <p>Integers are big-endian, varints have their low seven bits first.
 */
final class SketchText {
  /** Bytes of the text of a sketch with registers, which is the longest. */
  static final int MAX_LENGTH = 4 + (Sketch.REGISTERS + 7 + 2) / 3 * 4;

  private static final byte[] PREFIX = {'H', 'L', 'L', '_'};
  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 3;
  private static final int LIST_HEADER_BYTES = 3 * Integer.BYTES;

  private SketchText() {}

  /** Bytes of the varints of entries in unsigned order. */
  static int listBytes(int[] entries, int count) {
    int bytes = 0;
    int before = 0;
    for (int i = 0; i < count; i++) {
      bytes += (Integer.SIZE - Integer.numberOfLeadingZeros(entries[i] - before | 1) + 6) / 7;
      before = entries[i];
    }
    return bytes;
  }

  static byte[] encode(Sketch sketch) {
    sketch.settle();
    byte[] base64 = Base64.getEncoder().encode(sketch.isDense() ? registers(sketch) : list(sketch));
    byte[] text = Arrays.copyOf(PREFIX, PREFIX.length + base64.length);
    System.arraycopy(base64, 0, text, PREFIX.length, base64.length);
    return text;
  }

  private static byte[] registers(Sketch sketch) {
    return ByteBuffer.allocate(HEADER_BYTES + Integer.BYTES + Sketch.REGISTERS)
        .put((byte) VERSION)
        .put((byte) Sketch.PRECISION)
        .put((byte) 0)
        .putInt(Sketch.REGISTERS)
        .put(sketch.registers())
        .array();
  }

  private static byte[] list(Sketch sketch) {
    int[] entries = sketch.entries();
    int count = sketch.entryCount();
    int bytes = listBytes(entries, count);
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + Integer.BYTES + LIST_HEADER_BYTES + bytes);
    out.put((byte) VERSION).put((byte) Sketch.PRECISION).put((byte) 1).putInt(0);
    out.putInt(count).putInt(count == 0 ? 0 : entries[count - 1]).putInt(bytes);
    int before = 0;
    for (int i = 0; i < count; i++) {
      int difference = entries[i] - before;
      for (; (difference & ~0x7F) != 0; difference >>>= 7) {
        out.put((byte) (difference | 0x80));
      }
      out.put((byte) difference);
      before = entries[i];
    }
    return out.array();
  }

  /** The sketch of a text, or null if it is none. */
  static @Nullable Sketch decode(byte[] text, StateMemory memory) {
    if (text.length < PREFIX.length
        || text.length > MAX_LENGTH
        || !Arrays.equals(text, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      return null;
    }
    ByteBuffer base64 = ByteBuffer.wrap(text, PREFIX.length, text.length - PREFIX.length);
    ByteBuffer in;
    try {
      in = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
    Sketch sketch = new Sketch(memory);
    if (!in.hasRemaining()) {
      return sketch;
    }
    boolean known = in.remaining() >= HEADER_BYTES + Integer.BYTES;
    if (!known || in.get() > VERSION || in.get() != Sketch.PRECISION) {
      return null;
    }
    boolean read = in.get() == 1 ? readEntries(in, sketch) : readRegisters(in, sketch);
    return read ? sketch : null;
  }

  private static boolean readRegisters(ByteBuffer in, Sketch sketch) {
    if (in.getInt() != Sketch.REGISTERS || in.remaining() != Sketch.REGISTERS) {
      return false;
    }
    sketch.makeDense();
    for (int register = 0; register < Sketch.REGISTERS; register++) {
      sketch.raise(register, in.get());
    }
    return true;
  }

  private static boolean readEntries(ByteBuffer in, Sketch sketch) {
    int loose = in.getInt();
    if (loose < 0 || in.remaining() < (long) loose * Integer.BYTES + LIST_HEADER_BYTES) {
      return false;
    }
    for (int i = 0; i < loose; i++) {
      sketch.addEntry(in.getInt());
    }
    int count = in.getInt();
    in.position(in.position() + 2 * Integer.BYTES);
    int entry = 0;
    for (int i = 0; i < count; i++) {
      int difference = 0;
      int shift = 0;
      byte next;
      do {
        if (!in.hasRemaining() || shift > Integer.SIZE) {
          return false;
        }
        next = in.get();
        difference |= (next & 0x7F) << shift;
        shift += 7;
      } while (next < 0);
      entry += difference;
      sketch.addEntry(entry);
    }
    return count >= 0;
  }
}
