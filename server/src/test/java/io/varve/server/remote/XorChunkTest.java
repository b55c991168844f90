package io.varve.server.remote;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class XorChunkTest {
  private static final long SEED = Long.getLong("varve.seed", 20_261_121L);

  private final XorChunk chunk = new XorChunk();

  private String hex() {
    return HexFormat.of().formatHex(chunk.array(), 0, chunk.lengthBytes());
  }

  @Test
  void writesTheBitsThatTheFormatDescribes() {
    chunk.begin();
    chunk.add(1_000, 1.0);
    // Count 1; zigzag varint 2000; the bits of 1.0.
    assertThat(hex()).isEqualTo("0001" + "d00f" + "3ff0000000000000");
    chunk.add(1_015, 1.0);
    // Varint 15, then a bit 0: the same value.
    assertThat(hex()).isEqualTo("0002" + "d00f" + "3ff0000000000000" + "0f" + "00");
    chunk.add(1_030, 2.0);
    // 0: the same distance. 11: a new window; 1.0 xor 2.0 is 0x7ff0...: 00001 zero bit before,
    // 001011 bits of their own: eleven ones. In all 0 0 11 00001 001011 11111111111.
    assertThat(hex())
        .isEqualTo("0003" + "d00f" + "3ff0000000000000" + "0f" + "30" + "97" + "ff" + "c0");
    assertThat(chunk.firstTime()).isEqualTo(1_000);
    assertThat(chunk.lastTime()).isEqualTo(1_030);
  }

  @Test
  void writesTheBytesThatPrometheusWrites() throws IOException {
    try (InputStream file =
        requireNonNull(XorChunkTest.class.getResourceAsStream("/prometheus-xor-chunks.txt"))) {
      List<String> chunks =
          new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("//"))
              .toList();
      assertThat(chunks).hasSizeGreaterThan(5);
      for (String expected : chunks) {
        XorDecoder decoder = new XorDecoder(HexFormat.of().parseHex(expected));
        chunk.begin();
        while (decoder.next()) {
          chunk.add(decoder.time(), decoder.value());
        }
        // Prometheus begins the next byte early.
        assertThat(hex().replaceAll("(00)+$", "")).isEqualTo(expected.replaceAll("(00)+$", ""));
      }
    }
  }

  @Test
  void givesBackAllChangesOfDistanceAndAllBits() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 3_000; round++) {
      long[] times = new long[1 + random.nextInt(XorChunk.MAX_SAMPLES)];
      double[] values = new double[times.length];
      long time = random.nextLong() >> random.nextInt(64);
      long bits = random.nextLong();
      for (int i = 0; i < times.length; i++) {
        times[i] = time;
        values[i] = Double.longBitsToDouble(bits);
        time += random.nextLong() >>> random.nextInt(64);
        bits ^=
            random.nextInt(3) == 0
                ? 0
                : random.nextLong() >>> random.nextInt(64) << random.nextInt(64);
      }
      assertRoundTrip(times, values);
    }
  }

  @Test
  void givesBackChangesAtTheEdgesOfEachWidth() {
    for (int width : new int[] {14, 17, 20}) {
      long half = 1L << (width - 1);
      for (long change : new long[] {-half - 1, -half, -half + 1, -1, 0, 1, half, half + 1}) {
        long distance = 1 << 21;
        long[] times = {0, distance, 2 * distance + change, 3 * distance};
        assertRoundTrip(times, new double[] {1, 2, 3, 4});
      }
    }
    assertRoundTrip(
        new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE}, new double[] {-1, Double.NaN, 0.1});
  }

  private void assertRoundTrip(long[] times, double[] values) {
    chunk.begin();
    for (int i = 0; i < times.length; i++) {
      chunk.add(times[i], values[i]);
    }
    XorDecoder decoder = new XorDecoder(Arrays.copyOf(chunk.array(), chunk.lengthBytes()));
    for (int i = 0; i < times.length; i++) {
      assertThat(decoder.next()).isTrue();
      assertThat(decoder.time()).as("time %d, seed %d", i, SEED).isEqualTo(times[i]);
      assertThat(Double.doubleToRawLongBits(decoder.value()))
          .as("value %d, seed %d", i, SEED)
          .isEqualTo(Double.doubleToRawLongBits(values[i]));
    }
    assertThat(decoder.next()).isFalse();
  }
}
