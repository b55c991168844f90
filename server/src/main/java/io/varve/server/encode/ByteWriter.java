package io.varve.server.encode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Collects bytes in one buffer and hands it to a {@link ByteSink} whenever it is full.
 *
 * <p>Writers that know an upper bound of what they write ask for {@link #reserve} once and then put
 * bytes without further checks. For one thread.
 */
public final class ByteWriter {
  /** Size of the buffer, and so of most pieces the sink gets. */
  public static final int SEGMENT_BYTES = 64 * 1024;

  /** Most that {@link #reserve} can give. */
  static final int MAX_RESERVE = 1024;

  /** Shortest buffer that works. */
  public static final int MIN_BUFFER_BYTES = MAX_RESERVE;

  /** 10^19 in the order of negative longs. */
  private static final long TEN_TO_THE_19TH = Long.parseUnsignedLong("10000000000000000000");

  private static final byte[] DIGIT_PAIRS = digitPairs();

  /** 10^0 to 10^18. */
  private static final long[] POWERS_OF_TEN = powersOfTen();

  /** Numbers below this have a text in {@link #SMALL}. */
  static final int SMALL_END = 1000;

  /** Room that {@link #putSmall} needs, of which it may use less. */
  static final int SMALL_ROOM = 4;

  /** The digits of small numbers, the first in the lowest byte; how many in the highest. */
  private static final int[] SMALL = smallNumbers();

  /** The same for digits behind a point: leading zeros, but none at the end. */
  private static final int[] THOUSANDTHS = thousandths();

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteSink sink;
  private byte[] buffer;
  private int length;

  public ByteWriter(ByteSink sink) {
    this(sink, new byte[SEGMENT_BYTES]);
  }

  /**
   * Writes through a buffer that the caller may use again afterwards.
   *
   * @param buffer at least {@link #MIN_BUFFER_BYTES} long
   */
  public ByteWriter(ByteSink sink, byte[] buffer) {
    if (buffer.length < MIN_BUFFER_BYTES) {
      throw new IllegalArgumentException("buffer is too short: " + buffer.length);
    }
    this.sink = sink;
    this.buffer = buffer;
  }

  /** Hands all bytes to the sink and asks it to send them. */
  public void flush() {
    drain();
    sink.flush();
  }

  /** Hands all bytes to the sink. */
  public void drain() {
    if (length > 0) {
      buffer = sink.exchange(buffer, length);
      length = 0;
    }
  }

  /** Hands all bytes to the sink, and then these as they are. */
  void writeThrough(byte[] bytes, int count) {
    drain();
    sink.write(bytes, 0, count);
  }

  /** Makes room for the given number of {@link #put} calls, at most {@link #MAX_RESERVE}. */
  void reserve(int count) {
    if (buffer.length - length < count) {
      drain();
    }
  }

  /** Appends one byte into reserved room. */
  void put(int b) {
    buffer[length++] = (byte) b;
  }

  // ---- for loops that keep the position in a register

  /**
   * The buffer; bytes from {@link #position} on may be written as far as there is room. It may be
   * another one whenever room was asked for.
   */
  byte[] array() {
    return buffer;
  }

  /** How far the buffer is filled. */
  int position() {
    return length;
  }

  /** Says how far the buffer has been filled. */
  void moveTo(int position) {
    length = position;
  }

  /**
   * Writes the digits of a number from 0 to {@link #SMALL_END}, exclusive, where there are {@link
   * #SMALL_ROOM} bytes of room, and answers where they end.
   */
  static int putSmall(byte[] to, int at, int number) {
    int text = SMALL[number];
    INTS.set(to, at, text);
    return at + (text >>> 24);
  }

  // ---- bytes and texts

  /** Appends one byte. */
  void write(char ascii) {
    reserve(1);
    put(ascii);
  }

  void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  /** Appends bytes. */
  public void write(byte[] bytes, int offset, int count) {
    int from = offset;
    int rest = count;
    while (rest > 0) {
      if (length == buffer.length) {
        drain();
      }
      int piece = Math.min(rest, buffer.length - length);
      System.arraycopy(bytes, from, buffer, length, piece);
      length += piece;
      from += piece;
      rest -= piece;
    }
  }

  /** Appends a short ASCII text. */
  void writeAscii(String text) {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  void writeUtf8(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends a signed number. */
  void writeLong(long value) {
    if (value >= 0) {
      writeUnsigned(value);
    } else {
      write('-');
      writeUnsigned(-value);
    }
  }

  /** Appends the 64 bits read as an unsigned number. */
  void writeUnsigned(long value) {
    reserve(20);
    if (value >= 0 && value < SMALL_END) {
      length = putSmall(buffer, length, (int) value);
      return;
    }
    long rest = value;
    int end = length + countDigits(value);
    length = end;
    if (rest < 0) {
      long quotient = Long.divideUnsigned(rest, 100);
      end = putPair(end, (int) (rest - quotient * 100));
      rest = quotient;
    }
    while (rest >= 100) {
      long quotient = rest / 100;
      end = putPair(end, (int) (rest - quotient * 100));
      rest = quotient;
    }
    if (rest >= 10) {
      putPair(end, (int) rest);
    } else {
      buffer[end - 1] = (byte) ('0' + rest);
    }
  }

  /** Puts the digits behind the point of this many thousandths, 1 to 999, into reserved room. */
  void putThousandths(int count) {
    int text = THOUSANDTHS[count];
    INTS.set(buffer, length, text);
    length += text >>> 24;
  }

  /** The digits of a number of at most eight, the first in the lowest byte. */
  static long pack(long number) {
    String digits = Long.toString(number);
    long text = 0;
    for (int d = 0; d < digits.length(); d++) {
      text |= (long) digits.charAt(d) << (Byte.SIZE * d);
    }
    return text;
  }

  /** Puts the first of eight packed bytes into reserved room, which is for all eight. */
  void putPacked(long text, int count) {
    LONGS.set(buffer, length, text);
    length += count;
  }

  /** Puts a number of at most so many digits with leading zeros into reserved room. */
  void putDigits(long value, int width) {
    long rest = value;
    int at = length + width;
    length = at;
    for (int left = width; left >= 2; left -= 2) {
      long quotient = rest / 100;
      at = putPair(at, (int) (rest - quotient * 100));
      rest = quotient;
    }
    if ((width & 1) != 0) {
      buffer[at - 1] = (byte) ('0' + rest);
    }
  }

  /** Puts a number with leading zeros into reserved room. */
  void putPadded(int value, int width) {
    int rest = value;
    for (int at = length + width - 1; at >= length; at--) {
      buffer[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += width;
  }

  private int putPair(int end, int pair) {
    buffer[end - 1] = DIGIT_PAIRS[pair * 2 + 1];
    buffer[end - 2] = DIGIT_PAIRS[pair * 2];
    return end - 2;
  }

  /** Decimal digits of the 64 bits read as an unsigned number. */
  static int countDigits(long value) {
    if (value < 0) {
      return value < TEN_TO_THE_19TH ? 19 : 20;
    }
    // 1233 / 4096 is the logarithm of 2, so this is the number of digits or one less.
    int digits = ((Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233) >>> 12;
    return value >= POWERS_OF_TEN[digits] || digits == 0 ? digits + 1 : digits;
  }

  /** Ten to a power of 0 to 18. */
  static long powerOfTen(int exponent) {
    return POWERS_OF_TEN[exponent];
  }

  private static long[] powersOfTen() {
    long[] powers = new long[19];
    long power = 1;
    for (int i = 0; i < powers.length; i++) {
      powers[i] = power;
      power *= 10;
    }
    return powers;
  }

  private static int[] smallNumbers() {
    int[] texts = new int[SMALL_END];
    for (int i = 0; i < SMALL_END; i++) {
      texts[i] = packed(Integer.toString(i));
    }
    return texts;
  }

  private static int[] thousandths() {
    int[] texts = new int[SMALL_END];
    for (int i = 0; i < SMALL_END; i++) {
      String digits = Integer.toString(SMALL_END + i).substring(1);
      texts[i] = packed(digits.replaceAll("0+$", ""));
    }
    return texts;
  }

  private static int packed(String digits) {
    int text = digits.length() << 24;
    for (int d = 0; d < digits.length(); d++) {
      text |= digits.charAt(d) << (8 * d);
    }
    return text;
  }

  private static byte[] digitPairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[i * 2] = (byte) ('0' + i / 10);
      pairs[i * 2 + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }
}
