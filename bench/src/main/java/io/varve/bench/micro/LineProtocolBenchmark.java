package io.varve.bench.micro;

import io.varve.bench.tsbs.DevopsRows;
import io.varve.bench.tsbs.LineWriter;
import io.varve.bench.tsbs.NodeRows;
import io.varve.bench.tsbs.RowSource;
import io.varve.server.ingest.LineProtocolParser;
import io.varve.server.ingest.Precision;
import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
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
 * Parsing bodies of TSBS's cpu rows (10 tags, 10 integers a line) and of a node exporter's (3 tags,
 * one float a line) into a batch, in time per value.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LineProtocolBenchmark {
  private static final int VALUES = 9_700; // 970 cpu rows, or 20 scrapes of 485

  /** How a body comes in: whole, or in pieces as from a socket. */
  @Param({"65536", "1448"})
  public int pieceBytes;

  @Param({"cpu", "node"})
  public String rows = "cpu";

  private final LineProtocolParser parser = new LineProtocolParser();
  private final PointBatch batch = new PointBatch();
  private byte[] body = {};

  /** Writes the lines. */
  @Setup
  public void generate() {
    RowSource source = rows.equals("cpu") ? DevopsRows.cpuOnly(97, 1) : new NodeRows(20, 1);
    LineWriter lines = new LineWriter(source);
    StringBuilder text = new StringBuilder();
    double[] values = new double[10];
    long steps = VALUES / source.valuesPerStep();
    for (long step = 0; step < steps; step++) {
      for (int row = 0; row < source.shapes().size(); row++) {
        source.next(row, values);
        lines.append(text, row, step, values);
      }
    }
    body = text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A whole body. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public PointBatch parse() {
    batch.clear();
    parser.begin(batch, Precision.NANOSECONDS, 0);
    for (int offset = 0; offset < body.length; offset += pieceBytes) {
      parser.feed(body, offset, Math.min(pieceBytes, body.length - offset));
    }
    parser.finish();
    return batch;
  }
}
