package io.varve.bench.micro;

import com.google.re2j.Pattern;
import io.varve.storage.index.IndexChanges;
import io.varve.storage.index.IndexEntries;
import io.varve.storage.index.IndexLimits;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.index.ShardIndex;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.roaringbitmap.RoaringBitmap;

/** Finding, selecting and loading series that have the tags of TSBS hosts. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx2g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IndexBenchmark {
  private static final byte[] FIELD = "usage_7".getBytes(StandardCharsets.UTF_8);

  @Param({"4000", "1000000"})
  public int series;

  private final SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
  private final ShardIndex shard = new ShardIndex(index, 1);
  private byte[][] keys = new byte[0][];
  private final NavigableMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);
  private int at;
  private int measurementId;

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    keys = new byte[series][];
    for (int i = 0; i < series; i++) {
      keys[i] =
          SeriesKey.of(
                  "cpu",
                  Map.of(
                      "hostname", "host_" + i,
                      "region", "eu-west-" + random.nextInt(9),
                      "datacenter", "eu-west-1" + random.nextInt(27),
                      "rack", "" + random.nextInt(100),
                      "os", "Ubuntu" + random.nextInt(3),
                      "arch", "x" + random.nextInt(2),
                      "team", "team-" + random.nextInt(4),
                      "service", "" + random.nextInt(20),
                      "service_version", "" + random.nextInt(2),
                      "service_environment", random.nextBoolean() ? "production" : "test"))
              .toBytes();
      shard.addSeries(index.add(keys[i], 0, keys[i].length));
    }
    measurementId = index.findMeasurement("cpu");
    for (int i = 0; i < 10; i++) {
      byte[] name = ("usage_" + i).getBytes(StandardCharsets.UTF_8);
      shard.resolveField(measurementId, name, 0, name.length, FieldType.FLOAT);
    }
    index.drainChanges(
        new IndexChanges() {
          @Override
          public void put(byte[] key, byte[] value) {
            records.put(key, value);
          }

          @Override
          public void delete(byte[] key) {
            records.remove(key);
          }
        });
    index.changesCommitted();
  }

  private byte[] nextKey() {
    at = at + 1 == keys.length ? 0 : at + 1;
    return keys[at];
  }

  @Benchmark
  public int find() {
    byte[] key = nextKey();
    return index.find(key, 0, key.length);
  }

  @Benchmark
  public int resolveField() {
    return shard.resolveField(measurementId, FIELD, 0, FIELD.length, FieldType.FLOAT);
  }

  @Benchmark
  public void addKnownSeriesToShard() {
    at = at + 1 == keys.length ? 0 : at + 1;
    shard.addSeries(at);
  }

  private RoaringBitmap select(TagPredicate predicate) {
    return index.select("cpu", predicate);
  }

  @Benchmark
  public RoaringBitmap selectHost() {
    return select(new TagPredicate.Equals("hostname", "host_17"));
  }

  @Benchmark
  public RoaringBitmap selectRegionAndOs() {
    return select(
        new TagPredicate.And(
            List.of(
                new TagPredicate.Equals("region", "eu-west-3"),
                new TagPredicate.Equals("os", "Ubuntu1"))));
  }

  @Benchmark
  public RoaringBitmap selectEightHosts() {
    return select(
        new TagPredicate.Matches(
            "hostname",
            Pattern.compile("^(host_1|host_2|host_3|host_4|host_5|host_6|host_7|host_8)$")));
  }

  @Benchmark
  public RoaringBitmap selectHostPrefix() {
    return select(new TagPredicate.Matches("hostname", Pattern.compile("^host_12.*")));
  }

  @Benchmark
  public RoaringBitmap selectHostPattern() {
    return select(new TagPredicate.Matches("hostname", Pattern.compile("^host_[12]7$")));
  }

  @Benchmark
  public SeriesIndex load() {
    Iterator<Map.Entry<byte[], byte[]>> entries = records.entrySet().iterator();
    return SeriesIndex.load(
        new IndexEntries() {
          private Map.Entry<byte[], byte[]> now = Map.entry(new byte[0], new byte[0]);

          @Override
          public boolean next() {
            if (!entries.hasNext()) {
              return false;
            }
            now = entries.next();
            return true;
          }

          @Override
          public byte[] key() {
            return now.getKey();
          }

          @Override
          public byte[] value() {
            return now.getValue();
          }
        },
        IndexLimits.NONE);
  }

  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(IndexBenchmark.class.getSimpleName()).build()).run();
  }
}
