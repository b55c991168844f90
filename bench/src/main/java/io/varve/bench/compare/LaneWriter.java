package io.varve.bench.compare;

import io.varve.bench.compare.Lane.Batch;
import io.varve.bench.peer.BodyFormat;
import io.varve.bench.tsbs.LineWriter;
import io.varve.bench.tsbs.RowShape;
import io.varve.bench.tsbs.RowSource;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes generated rows to files before anything is measured, so that sending costs next to
 * nothing: for each format as many lanes as there are connections.
 */
final class LaneWriter {
  /** Samples in a remote write, as many as Prometheus sends at most by default and more. */
  private static final int REMOTE_WRITE_SAMPLES = 10_000;

  private final RowSource source;
  private final Set<BodyFormat> formats;
  private final int lanes;
  private final Path directory;
  private final LineWriter lines;
  private final List<Open> open = new ArrayList<>();

  LaneWriter(RowSource source, Set<BodyFormat> formats, int lanes, Path directory) {
    this.source = source;
    this.formats = formats;
    this.lanes = lanes;
    this.directory = directory;
    lines = new LineWriter(source);
  }

  /**
   * Writes the next rows of the source.
   *
   * @param name of the files
   * @param firstStep the number of the first step, which the source must have come to
   * @param rowsPerBatch lines in a body
   * @param samplesPerBatch values in a remote write at most, unless one row has more
   * @return for each format its lanes
   */
  Map<BodyFormat, List<Lane>> write(
      String name,
      long firstStep,
      long steps,
      int rowsPerBatch,
      int samplesPerBatch,
      Progress progress)
      throws IOException {
    try {
      for (int lane = 0; lane < lanes; lane++) {
        for (BodyFormat format : formats) {
          int samples = Math.min(samplesPerBatch, REMOTE_WRITE_SAMPLES);
          boolean text = format == BodyFormat.LINES;
          open.add(
              new Open(
                  format,
                  directory.resolve(name + "-" + lane + "." + format),
                  lane,
                  text ? rowsPerBatch : Integer.MAX_VALUE,
                  text ? Integer.MAX_VALUE : samples));
        }
      }
      generate(firstStep, steps, progress);
    } finally {
      for (Open each : open) {
        each.out.close();
      }
    }
    Map<BodyFormat, List<Lane>> written = new EnumMap<>(BodyFormat.class);
    for (Open each : open) {
      written
          .computeIfAbsent(each.format, format -> new ArrayList<>())
          .add(new Lane(each.file, each.batches));
    }
    open.clear();
    return written;
  }

  private void generate(long firstStep, long steps, Progress progress) throws IOException {
    int widest = source.shapes().stream().mapToInt(shape -> shape.fields().size()).max().orElse(0);
    double[] values = new double[widest];
    for (long step = firstStep; step < firstStep + steps; step++) {
      for (int row = 0; row < source.shapes().size(); row++) {
        source.next(row, values);
        RowShape shape = source.shapes().get(row);
        for (Open each : open) {
          if (each.lane == shape.host() % lanes) {
            each.add(row, step, values, shape.fields().size());
          }
        }
      }
      long done = step - firstStep + 1;
      progress.update(() -> "generating: " + 100 * done / steps + " %");
    }
    for (Open each : open) {
      each.endBatch();
    }
  }

  /** One file that is being written. */
  private final class Open {
    final BodyFormat format;
    final Path file;
    final int lane;
    final OutputStream out;
    final List<Batch> batches = new ArrayList<>();
    private final int maxRows;
    private final int maxValues;
    private final BodyBuilder body;
    private long offset;
    private int rows;
    private int values;

    Open(BodyFormat format, Path file, int lane, int maxRows, int maxValues) throws IOException {
      this.format = format;
      this.file = file;
      this.lane = lane;
      this.maxRows = maxRows;
      this.maxValues = maxValues;
      body = format == BodyFormat.LINES ? new LineBody(lines) : new RemoteWriteBody(source);
      out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
    }

    void add(int row, long step, double[] fields, int count) throws IOException {
      if (rows == maxRows || (rows > 0 && values + count > maxValues)) {
        endBatch();
      }
      body.add(row, step, fields);
      rows++;
      values += count;
    }

    void endBatch() throws IOException {
      if (rows == 0) {
        return;
      }
      byte[] bytes = body.finish();
      out.write(bytes);
      batches.add(new Batch(offset, bytes.length, rows, values));
      offset += bytes.length;
      rows = 0;
      values = 0;
    }
  }
}
