package io.varve.bench.micro;

import io.varve.storage.codec.ByteReader;
import io.varve.storage.codec.ByteWriter;
import io.varve.storage.codec.LongStreamDecoder;
import io.varve.storage.codec.LongStreamEncoder;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The codec of integers, which everything in a chunk comes down to, by the encoding that it chooses
 * for the data, in time per value. Choosing is part of encoding.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LongStreamBenchmark {
  private static final int COUNT = 1024;
  private static final int STREAMS = 64;

  /** What the numbers look like. */
  public enum Shape {
    /** Always the same. */
    CONSTANT,
    /** Timestamps of an exact agent. */
    STEPS,
    /** Timestamps that are a few milliseconds off. */
    JITTER,
    /** Small numbers without order. */
    SMALL,
    /** A walk by one up or down. */
    WALK,
    /** A counter of bytes. */
    COUNTER,
    /** Twenty numbers that are far apart. */
    FEW,
    /** A state that seldom changes. */
    RUNS,
    /** All 64 bits random. */
    RANDOM;

    private IntToLongFunction numbers(SplittableRandom random) {
      long[] at = {1 << 20};
      return switch (this) {
        case CONSTANT -> i -> 42;
        case STEPS -> i -> 10_000_000_000L * i;
        case JITTER -> i -> 10_000_000_000L * i + 1_000_000L * random.nextInt(-3, 4);
        case SMALL -> i -> random.nextInt(100);
        case WALK -> i -> at[0] += random.nextInt(3) - 1;
        case COUNTER -> i -> at[0] += 100_000 + random.nextInt(50_000);
        case FEW -> i -> random.nextInt(20) * 0x123456789abL;
        case RUNS -> i -> at[0] = random.nextInt(200) == 0 ? random.nextInt(5) : at[0];
        case RANDOM -> i -> random.nextLong();
      };
    }
  }

  @Param public Shape shape = Shape.SMALL;

  private final LongStreamEncoder encoder = new LongStreamEncoder(COUNT);
  private final LongStreamDecoder decoder = new LongStreamDecoder(COUNT);
  private final ByteWriter out = new ByteWriter();
  private final ByteReader in = new ByteReader();
  private final long[][] numbers = new long[STREAMS][COUNT];
  private final byte[][] encoded = new byte[STREAMS][];
  private final long[] decoded = new long[COUNT];
  private int next;

  /** Encodes all streams. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    IntToLongFunction source = shape.numbers(random);
    for (int s = 0; s < STREAMS; s++) {
      for (int i = 0; i < COUNT; i++) {
        numbers[s][i] = source.applyAsLong(i);
      }
      out.clear();
      encoder.encode(numbers[s], COUNT, out);
      encoded[s] = out.toByteArray();
    }
  }

  /** One stream. */
  @Benchmark
  @OperationsPerInvocation(COUNT)
  public ByteWriter encode() {
    next = (next + 1) & (STREAMS - 1);
    out.clear();
    encoder.encode(numbers[next], COUNT, out);
    return out;
  }

  /** One stream. */
  @Benchmark
  @OperationsPerInvocation(COUNT)
  public long[] decode() {
    next = (next + 1) & (STREAMS - 1);
    in.reset(encoded[next], 0, encoded[next].length);
    decoder.decode(in, COUNT, decoded, 0);
    return decoded;
  }
}
