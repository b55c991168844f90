package io.varve.bench.load;

import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The data of TSBS's cpu-only case: hosts with ten tags that report ten integer-valued fields every
 * ten seconds, each a random walk with N(0,1) steps clamped to 0..100.
 *
 * <p>A host's values depend on the seed and its number alone. One thread.
 */
final class CpuHosts implements LoadSource {
  static final long STEP_NANOS = 10_000_000_000L;
  static final long START_NANOS = 1_451_606_400_000_000_000L; // 2016-01-01, as in TSBS
  static final String[] FIELDS = {
    "usage_user",
    "usage_system",
    "usage_idle",
    "usage_nice",
    "usage_iowait",
    "usage_irq",
    "usage_softirq",
    "usage_steal",
    "usage_guest",
    "usage_guest_nice"
  };

  private static final String[] REGIONS = {
    "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1"
  };

  private final byte[][] keys;
  private final byte[][] names = new byte[FIELDS.length][];
  private final SplittableRandom[] randoms;
  private final double[][] walks;

  CpuHosts(int hosts, long seed) {
    keys = new byte[hosts][];
    randoms = new SplittableRandom[hosts];
    walks = new double[hosts][FIELDS.length];
    for (int i = 0; i < FIELDS.length; i++) {
      names[i] = FIELDS[i].getBytes(StandardCharsets.UTF_8);
    }
    for (int host = 0; host < hosts; host++) {
      SplittableRandom random = new SplittableRandom(seed + host);
      randoms[host] = random;
      for (int i = 0; i < FIELDS.length; i++) {
        walks[host][i] = random.nextDouble() * 100;
      }
      keys[host] = key(host, random).toBytes();
    }
  }

  @Override
  public long startNanos() {
    return START_NANOS;
  }

  @Override
  public long stepNanos() {
    return STEP_NANOS;
  }

  @Override
  public int rowsPerStep() {
    return keys.length;
  }

  @Override
  public int valuesPerRow() {
    return FIELDS.length;
  }

  @Override
  public void addRow(PointBatch batch, int host, long step) {
    byte[] key = keys[host];
    double[] walk = walks[host];
    SplittableRandom random = randoms[host];
    batch.beginRow(key, 0, key.length);
    for (int i = 0; i < names.length; i++) {
      walk[i] = Math.min(100, Math.max(0, walk[i] + random.nextGaussian()));
      batch.addInteger(names[i], 0, names[i].length, (long) walk[i]);
    }
    batch.endRow(START_NANOS + step * STEP_NANOS);
  }

  private static SeriesKey key(int host, SplittableRandom random) {
    String region = REGIONS[random.nextInt(REGIONS.length)];
    return SeriesKey.of(
        "cpu",
        Map.of(
            "hostname",
            "host_" + host,
            "region",
            region,
            "datacenter",
            region + (char) ('a' + random.nextInt(3)),
            "rack",
            String.valueOf(random.nextInt(100)),
            "os",
            random.nextBoolean() ? "Ubuntu16.04LTS" : "Ubuntu15.10",
            "arch",
            random.nextBoolean() ? "x64" : "x86",
            "team",
            random.nextBoolean() ? "SF" : "NYC",
            "service",
            String.valueOf(random.nextInt(20)),
            "service_version",
            String.valueOf(random.nextInt(2)),
            "service_environment",
            random.nextBoolean() ? "production" : "staging"));
  }
}
