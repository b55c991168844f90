package io.varve.bench.tsbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * TSBS's devops data, or the cpu measurement of it alone: every ten seconds one row of each
 * measurement of each host.
 *
 * <p>A row stream depends on the seed, the host's number and the measurement alone, so the cpu
 * values of both cases are the same.
 */
public final class DevopsRows implements RowSource {
  private static final long STEP_NANOS = 10_000_000_000L;
  private static final long STREAMS_PER_HOST = 16;

  private final List<RowShape> shapes = new ArrayList<>();
  private final List<Stream> streams = new ArrayList<>();

  private DevopsRows(List<Measurement> measurements, int hosts, long seed) {
    for (int host = 0; host < hosts; host++) {
      SplittableRandom hostRandom = random(seed, host, STREAMS_PER_HOST - 1);
      Map<String, String> hostTags = HostTags.of(host, hostRandom);
      for (int i = 0; i < measurements.size(); i++) {
        Measurement measurement = measurements.get(i);
        SplittableRandom random = random(seed, host, i);
        Map<String, String> tags = new LinkedHashMap<>(hostTags);
        List<String> own = measurement.ownTags().of(random);
        for (int k = 0; k < own.size(); k += 2) {
          tags.put(own.get(k), own.get(k + 1));
        }
        shapes.add(
            new RowShape(
                host, measurement.name(), tags, measurement.fields(), measurement.integers(), 0));
        streams.add(new Stream(measurement, random));
      }
    }
  }

  public static DevopsRows cpuOnly(int hosts, long seed) {
    return new DevopsRows(List.of(Measurements.CPU), hosts, seed);
  }

  public static DevopsRows devops(int hosts, long seed) {
    return new DevopsRows(Measurements.DEVOPS, hosts, seed);
  }

  private static SplittableRandom random(long seed, int host, long stream) {
    return new SplittableRandom(seed * 1_000_003 + host * STREAMS_PER_HOST + stream);
  }

  @Override
  public long stepNanos() {
    return STEP_NANOS;
  }

  @Override
  public List<RowShape> shapes() {
    return shapes;
  }

  @Override
  public void next(int row, double[] values) {
    streams.get(row).next(values);
  }

  /** The walks of one measurement of one host; the first row shows where they start. */
  private static final class Stream {
    private final Measurement measurement;
    private final SplittableRandom random;
    private final double[] walks;
    private boolean started;

    Stream(Measurement measurement, SplittableRandom random) {
      this.measurement = measurement;
      this.random = random;
      walks = new double[measurement.walks().size()];
    }

    void next(double[] values) {
      for (int i = 0; i < walks.length; i++) {
        Walk walk = measurement.walks().get(i);
        walks[i] = started ? walk.next(walks[i], random) : walk.start(random);
      }
      started = true;
      measurement.view().show(walks, values);
      for (int i = 0; i < measurement.fields().size(); i++) {
        if (measurement.integers().get(i)) {
          values[i] = Math.floor(values[i]);
        }
      }
    }
  }
}
