package io.varve.server.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SnappyBlockTest {
  private static final long SEED = Long.getLong("varve.seed", 20_261_121L);
  private static final int MAX = 1 << 20;

  private final SplittableRandom random = new SplittableRandom(SEED);

  private static byte[] decode(byte[] block) throws MalformedMessageException {
    return SnappyBlock.decode(block, block.length, MAX);
  }

  private static byte[] decode(String hex) throws MalformedMessageException {
    return decode(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  void decodesWhatOthersWrite() throws Exception {
    // As google/snappy writes 100 times "a": a literal and two copies that overlap themselves.
    assertThat(decode("64 00 61 fe0100 8a0100"))
        .isEqualTo("a".repeat(100).getBytes(StandardCharsets.US_ASCII));
    assertThat(decode("00")).isEmpty();
    // "abc", then 9 bytes from 3 back in the two-byte form.
    assertThat(decode("0c 08 616263 1503"))
        .isEqualTo("abcabcabcabc".getBytes(StandardCharsets.US_ASCII));
    // The same with a copy that has an offset of four bytes, and a literal with a length byte.
    assertThat(decode("0c f002 616263 2303000000"))
        .isEqualTo("abcabcabcabc".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void decodesCopiesFromFarAwayInTheTwoByteForm() throws Exception {
    byte[] start = random(2047);
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(HexFormat.of().parseHex("8a10"));
    literal(block, start, 2);
    block.writeBytes(new byte[] {(byte) (7 << 5 | 7 << 2 | 1), (byte) 0xff});
    byte[] expected = Arrays.copyOf(start, 2058);
    System.arraycopy(start, 0, expected, 2047, 11);
    assertThat(decode(block.toByteArray())).isEqualTo(expected);
  }

  @Test
  void decodesLiteralsWhoseLengthTakesOneToFourBytes() throws Exception {
    for (int bytes = 1; bytes <= 4; bytes++) {
      for (int size : new int[] {1, 2, 60, 61, 62, 255, 256, 257, 65_535, 65_536, 65_537}) {
        if (bytes < 3 && size > 1 << (8 * bytes)) {
          continue;
        }
        byte[] content = random(size);
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(varint(size));
        literal(block, content, bytes);
        assertThat(decode(block.toByteArray())).as("%d in %d", size, bytes).isEqualTo(content);
      }
    }
  }

  @Test
  void decodesCopiesThatOverlapThemselves() throws Exception {
    for (int offset = 1; offset <= 70; offset++) {
      byte[] start = random(offset);
      for (int size = 1; size <= 64; size++) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(varint(offset + size));
        literal(block, start, 1);
        block.writeBytes(new byte[] {(byte) ((size - 1) << 2 | 2), (byte) offset, 0});
        byte[] expected = new byte[offset + size];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = start[i % offset];
        }
        assertThat(decode(block.toByteArray())).as("%d from %d", size, offset).isEqualTo(expected);
      }
    }
  }

  @Test
  void decodesWhatItEncodes() throws Exception {
    for (int size = 0; size <= 130; size++) {
      assertRoundTrip(random(size));
      assertRoundTrip(new byte[size]);
    }
    for (int round = 0; round < 300; round++) {
      assertRoundTrip(repetitive(random.nextInt(200_000)));
    }
    byte[] zeros = new byte[MAX];
    assertThat(SnappyBlock.encode(zeros, MAX).length).isLessThan(MAX / 20);
    assertRoundTrip(zeros);
    assertRoundTrip(random(MAX));
  }

  @Test
  void encodesOnlyTheBytesAskedFor() throws Exception {
    byte[] content = "abcdefgh".getBytes(StandardCharsets.US_ASCII);
    assertThat(decode(SnappyBlock.encode(content, 3)))
        .isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
  }

  private void assertRoundTrip(byte[] content) throws Exception {
    byte[] block = SnappyBlock.encode(content, content.length);
    assertThat(Arrays.equals(decode(block), content)).as("seed %d", SEED).isTrue();
  }

  @Test
  void refusesEveryBlockThatIsCutShort() {
    byte[] content = repetitive(3_000);
    byte[] block = SnappyBlock.encode(content, content.length);
    for (int length = 0; length < block.length; length++) {
      int cut = length;
      assertThatThrownBy(() -> SnappyBlock.decode(block, cut, MAX))
          .as("%d of %d bytes, seed %d", cut, block.length, SEED)
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void givesContentOrAComplaintForEveryFlippedBit() {
    byte[] content = repetitive(2_000);
    byte[] block = SnappyBlock.encode(content, content.length);
    int decoded = 0;
    for (int bit = 0; bit < 8 * block.length; bit++) {
      byte[] flipped = block.clone();
      flipped[bit >> 3] ^= (byte) (1 << (bit & 7));
      decoded += isDecoded(flipped) ? 1 : 0;
    }
    assertThat(decoded).isPositive().isLessThan(8 * block.length);
  }

  @Test
  void givesContentOrAComplaintForRandomBytes() {
    int decoded = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] block = random(1 + random.nextInt(12));
      block[0] &= 15;
      decoded += isDecoded(block) ? 1 : 0;
    }
    assertThat(decoded).isPositive();
  }

  /** Any other exception fails the test. */
  private static boolean isDecoded(byte[] block) {
    try {
      return decode(block).length <= MAX;
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  @Test
  void refusesContentThatIsTooLong() {
    byte[] block = SnappyBlock.encode(new byte[1001], 1001);
    assertThatThrownBy(() -> SnappyBlock.decode(block, block.length, 1000))
        .isInstanceOf(MessageTooLargeException.class)
        .hasMessage("snappy: the content has 1001 bytes, at most 1000 are accepted");
  }

  @Test
  void allocatesNothingForBombs() {
    // A gigabyte in 6 bytes, with nothing of the kind behind it.
    byte[] lie = HexFormat.of().parseHex("808080800400");
    assertThatThrownBy(() -> SnappyBlock.decode(lie, lie.length, Integer.MAX_VALUE))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("damaged");
    byte[] negative = HexFormat.of().parseHex("ffffffff7f00");
    assertThatThrownBy(() -> SnappyBlock.decode(negative, negative.length, MAX))
        .isInstanceOf(MessageTooLargeException.class);
    byte[] endless = HexFormat.of().parseHex("ffffffffffffffff01");
    assertThatThrownBy(() -> SnappyBlock.decode(endless, endless.length, MAX))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void refusesCopiesFromBeforeTheBeginningAndLengthsThatOverflow() {
    for (String hex :
        new String[] {
          "04 0061 0500", // offset 0
          "05 0061 0502", // offset 2 of 1 byte
          "05 0061 0f ffffffff", // offset -1
          "05 fc ffffffff 61", // literal of 2^32 bytes
          "05 fc ffffff7f 61", // literal of 2^31 bytes
          "01 0061 0061", // longer than it says
          "03 0061", // shorter than it says
        }) {
      assertThatThrownBy(() -> decode(hex))
          .as(hex)
          .isInstanceOf(MalformedMessageException.class)
          .hasMessageStartingWith("snappy: ");
    }
  }

  /** A literal whose length is given in so many bytes behind the tag. */
  private static void literal(ByteArrayOutputStream block, byte[] content, int lengthBytes) {
    block.write((59 + lengthBytes) << 2);
    for (int i = 0; i < lengthBytes; i++) {
      block.write((content.length - 1) >>> (8 * i));
    }
    block.writeBytes(content);
  }

  private static byte[] varint(int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int rest = value;
    for (; rest >= 0x80; rest >>>= 7) {
      out.write(rest | 0x80);
    }
    out.write(rest);
    return out.toByteArray();
  }

  private byte[] random(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Random runs, many of them seen before at some distance. */
  private byte[] repetitive(int size) {
    byte[] bytes = new byte[size];
    int at = 0;
    while (at < size) {
      int run = Math.min(size - at, 1 + random.nextInt(150));
      int from = at == 0 ? 0 : random.nextInt(at);
      boolean fresh = at == 0 || random.nextInt(4) == 0;
      for (int i = 0; i < run; i++, at++) {
        bytes[at] = fresh ? (byte) random.nextInt() : bytes[from + i];
      }
    }
    return bytes;
  }
}
