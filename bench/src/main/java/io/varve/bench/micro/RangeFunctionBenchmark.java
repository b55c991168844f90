package io.varve.bench.micro;

import io.varve.query.promql.function.RangeFunction;
import io.varve.query.promql.function.RangeFunctions;
import io.varve.query.promql.function.Samples;
import io.varve.query.promql.function.StepValues;
import io.varve.query.promql.function.StepWindows;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
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

/** Range functions of PromQL over one series, in time per step; a range is 20 steps long. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RangeFunctionBenchmark {
  private static final int STEPS = 1440;
  private static final int RANGE_STEPS = 20;
  private static final long SAMPLE_MILLIS = 10_000;

  @Param({"rate", "sum_over_time", "max_over_time", "stddev_over_time", "quantile_over_time"})
  public String function = "rate";

  @Param({"1", "6"})
  public int samplesPerStep;

  private final Samples samples = new Samples();
  private final StepValues out = new StepValues();
  private final double[][] parameters = new double[1][STEPS];
  private StepWindows windows = new StepWindows(0, 1, 1, 1);
  private RangeFunction kernel = RangeFunctions.newest(RangeFunctions.Newest.VALUE);

  /** A counter that resets once in a thousand samples, or values with two decimals. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    int count = (STEPS + RANGE_STEPS) * samplesPerStep;
    double counter = 0;
    for (int i = 1; i <= count; i++) {
      counter = random.nextInt(1000) == 0 ? 0 : counter + random.nextInt(100);
      double value = function.equals("rate") ? counter : random.nextInt(10_000) / 100.0;
      samples.add(i * SAMPLE_MILLIS + random.nextInt(100), value);
    }
    long step = samplesPerStep * SAMPLE_MILLIS;
    windows = new StepWindows(RANGE_STEPS * step, step, STEPS, RANGE_STEPS * step);
    Arrays.fill(parameters[0], 0.95);
    kernel = Objects.requireNonNull(RangeFunctions.create(function));
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public StepValues evaluate() {
    kernel.evaluate(samples, windows, parameters, out);
    return out;
  }
}
