package io.varve.bench.load;

import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Something like what Prometheus scrapes from node exporters: 485 series per host every 15 s, each
 * with one float, as remote write delivers them, so nothing is known about their decimals.
 *
 * <p>The mix is an assumption, not a capture: 45 % never change, 15 % are counters that seldom
 * grow, 10 % count bytes, 10 % CPU seconds with two decimals, 8 % are memory in pages of 4 KiB, 4 %
 * loads and temperatures, 1 % doubles with all their digits, and of the rest half are flags that
 * seldom flip and half small whole gauges. One thread.
 */
public final class NodeExporters implements LoadSource {
  static final int SERIES_PER_HOST = 485;
  private static final long START_NANOS = 1_767_225_600_000_000_000L; // 2026-01-01
  private static final byte[] FIELD = "value".getBytes(StandardCharsets.UTF_8);

  private enum Kind {
    CONSTANT(218),
    SPARSE_COUNTER(73),
    BYTE_COUNTER(48),
    CPU_SECONDS(49),
    MEMORY(39),
    LOAD(12),
    TEMPERATURE(8),
    NOISE(5),
    FLAG(17),
    SMALL_GAUGE(16);

    final int seriesPerHost;

    Kind(int seriesPerHost) {
      this.seriesPerHost = seriesPerHost;
    }
  }

  private final byte[][] keys;
  private final Kind[] kinds = new Kind[SERIES_PER_HOST];
  private final SplittableRandom random;

  /** Per series: where it is, and how fast it moves. */
  private final double[] state;

  private final double[] pace;

  public NodeExporters(int hosts, long seed) {
    random = new SplittableRandom(seed);
    keys = new byte[hosts * SERIES_PER_HOST][];
    state = new double[keys.length];
    pace = new double[keys.length];
    int at = 0;
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < kind.seriesPerHost; i++) {
        kinds[at++] = kind;
      }
    }
    for (int row = 0; row < keys.length; row++) {
      int number = row % SERIES_PER_HOST;
      keys[row] = key(row / SERIES_PER_HOST, number, kinds[number]).toBytes();
      start(row, kinds[number]);
    }
  }

  @Override
  public long startNanos() {
    return START_NANOS;
  }

  @Override
  public long stepNanos() {
    return 15_000_000_000L;
  }

  @Override
  public int rowsPerStep() {
    return keys.length;
  }

  @Override
  public int valuesPerRow() {
    return 1;
  }

  @Override
  public void addRow(PointBatch batch, int row, long step) {
    byte[] key = keys[row];
    batch.beginRow(key, 0, key.length);
    batch.addFloat(FIELD, 0, FIELD.length, next(row), PointBatch.UNKNOWN_DECIMALS);
    batch.endRow(START_NANOS + phaseNanos(row) + step * stepNanos());
  }

  /** The series of a row. */
  public SeriesKey key(int row) {
    return SeriesKey.parse(keys[row], 0, keys[row].length);
  }

  /** The number of the host that reports a row. */
  public int host(int row) {
    return row / SERIES_PER_HOST;
  }

  /** Scrapes of a host are evenly spaced, at a phase of its own. */
  public long phaseNanos(int row) {
    return host(row) * 37_000_000L % stepNanos();
  }

  /** The next value of a row; rows are to be asked in the order of {@link #addRow}. */
  public double next(int row) {
    return next(row, kinds[row % SERIES_PER_HOST]);
  }

  private void start(int row, Kind kind) {
    double u = random.nextDouble();
    switch (kind) {
      case CONSTANT -> state[row] = u < 0.5 ? 0 : Math.rint(Math.exp(30 * u));
      case SPARSE_COUNTER -> pace[row] = 0.2 * u * u;
      case BYTE_COUNTER -> {
        state[row] = Math.rint(1e12 * u);
        pace[row] = Math.exp(6 + 8 * u);
      }
      case CPU_SECONDS -> {
        state[row] = Math.rint(1e8 * u);
        pace[row] = 1500 * u * u;
      }
      case MEMORY -> {
        state[row] = Math.rint(4e6 * u);
        pace[row] = 10 + 300 * u;
      }
      case LOAD -> state[row] = Math.rint(400 * u);
      case TEMPERATURE -> state[row] = Math.rint(300 + 400 * u);
      case NOISE -> state[row] = u;
      case FLAG -> state[row] = u < 0.5 ? 0 : 1;
      case SMALL_GAUGE -> state[row] = Math.rint(100 * u);
    }
  }

  private double next(int row, Kind kind) {
    double now = state[row];
    switch (kind) {
      case CONSTANT -> {
        return now;
      }
      case SPARSE_COUNTER -> now += random.nextDouble() < pace[row] ? 1 + random.nextInt(3) : 0;
      case BYTE_COUNTER -> now += Math.rint(pace[row] * Math.exp(0.6 * random.nextGaussian()));
      case CPU_SECONDS ->
          now += Math.max(0, Math.rint(pace[row] * (1 + 0.2 * random.nextGaussian())));
      case MEMORY -> now = Math.max(0, now + Math.rint(pace[row] * random.nextGaussian()));
      case LOAD -> now = Math.max(0, now + Math.rint(8 * random.nextGaussian()));
      case TEMPERATURE -> now += random.nextInt(4) == 0 ? random.nextInt(-2, 3) : 0;
      case NOISE -> now = random.nextGaussian();
      case FLAG -> now = random.nextInt(500) == 0 ? 1 - now : now;
      case SMALL_GAUGE -> now = Math.max(0, now + Math.rint(2 * random.nextGaussian()));
    }
    state[row] = now;
    return switch (kind) {
      case CPU_SECONDS, LOAD -> now / 100;
      case TEMPERATURE -> now / 10;
      case MEMORY -> now * 4096;
      default -> now;
    };
  }

  private static SeriesKey key(int host, int number, Kind kind) {
    return SeriesKey.of(
        "node_" + kind.name().toLowerCase(Locale.ROOT) + "_" + number / 8,
        Map.of(
            "instance", "host-" + host + ".example.org:9100",
            "job", "node",
            "device", "dev" + number % 8));
  }
}
