package io.varve.bench.micro;

import io.varve.server.remote.MalformedMessageException;
import io.varve.server.remote.RemoteWriteReader;
import io.varve.server.remote.SnappyBlock;
import io.varve.storage.model.PointBatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a remote write costs before the engine has it, in time per sample: a request of 2,000
 * samples, one per series, with the labels of a node exporter.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RemoteWriteBenchmark {
  private static final int SAMPLES = 2_000;

  private final PointBatch batch = new PointBatch();
  private final RemoteWriteReader reader =
      new RemoteWriteReader((metric, type, help, unit) -> {}, 100_000_000);
  private byte[] blockV1 = {};
  private byte[] messageV1 = {};
  private byte[] messageV2 = {};
  private byte[] content = {};

  /** The same series in both versions. */
  @Setup
  public void encode() {
    SplittableRandom random = new SplittableRandom(1);
    List<String> symbols = new ArrayList<>(List.of(""));
    ByteArrayOutputStream v1 = new ByteArrayOutputStream();
    ByteArrayOutputStream v2 = new ByteArrayOutputStream();
    for (int i = 0; i < SAMPLES; i++) {
      String[] labels = {
        "__name__", "node_cpu_seconds_total_" + i / 64,
        "cpu", "" + i / 8 % 8,
        "instance", "host-" + i / 512 + ".example.com:9100",
        "job", "node",
        "mode",
            List.of("idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user")
                .get(i % 8),
      };
      ByteArrayOutputStream sample = new ByteArrayOutputStream();
      putDouble(sample, random.nextInt(1_000_000) / 100.0);
      varint(sample, 2 << 3);
      varint(sample, 1_700_000_000_000L + random.nextInt(15_000));
      ByteArrayOutputStream seriesV1 = new ByteArrayOutputStream();
      ByteArrayOutputStream refs = new ByteArrayOutputStream();
      for (int l = 0; l < labels.length; l += 2) {
        ByteArrayOutputStream label = new ByteArrayOutputStream();
        bytes(label, 1, labels[l].getBytes(StandardCharsets.UTF_8));
        bytes(label, 2, labels[l + 1].getBytes(StandardCharsets.UTF_8));
        bytes(seriesV1, 1, label.toByteArray());
        varint(refs, symbol(symbols, labels[l]));
        varint(refs, symbol(symbols, labels[l + 1]));
      }
      bytes(seriesV1, 2, sample.toByteArray());
      bytes(v1, 1, seriesV1.toByteArray());
      ByteArrayOutputStream seriesV2 = new ByteArrayOutputStream();
      bytes(seriesV2, 1, refs.toByteArray());
      bytes(seriesV2, 2, sample.toByteArray());
      bytes(seriesV2, 5, new byte[] {8, 1});
      bytes(v2, 5, seriesV2.toByteArray());
    }
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    symbols.forEach(symbol -> bytes(table, 4, symbol.getBytes(StandardCharsets.UTF_8)));
    table.writeBytes(v2.toByteArray());
    messageV1 = v1.toByteArray();
    messageV2 = table.toByteArray();
    blockV1 = SnappyBlock.encode(messageV1, messageV1.length);
    content = new byte[Math.max(messageV1.length, messageV2.length)];
  }

  private static int symbol(List<String> symbols, String text) {
    if (!symbols.contains(text)) {
      symbols.add(text);
    }
    return symbols.indexOf(text);
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
    varint(out, (long) field << 3 | 2);
    varint(out, value.length);
    out.writeBytes(value);
  }

  private static void putDouble(ByteArrayOutputStream out, double value) {
    varint(out, 1 << 3 | 1);
    for (int i = 0; i < 8; i++) {
      out.write((int) (Double.doubleToRawLongBits(value) >>> (8 * i)));
    }
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** Snappy alone. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public byte[] decompress() throws MalformedMessageException {
    int length = SnappyBlock.contentLength(blockV1, blockV1.length, content.length);
    SnappyBlock.decode(blockV1, blockV1.length, content, length);
    return content;
  }

  /** A decompressed request of version 1.0 into a batch. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public PointBatch readV1() throws MalformedMessageException {
    batch.clear();
    reader.readV1(messageV1, messageV1.length, batch);
    return batch;
  }

  /** A decompressed request of version 2.0 into a batch. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public PointBatch readV2() throws MalformedMessageException {
    batch.clear();
    reader.readV2(messageV2, messageV2.length, batch);
    return batch;
  }
}
