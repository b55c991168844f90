package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.eval.SampleSource.SampleSink;
import io.varve.query.promql.function.Condenser;
import io.varve.query.promql.function.Condenser.Want;
import io.varve.query.promql.function.SampleBatch;
import io.varve.query.promql.function.Samples;
import io.varve.storage.Column;
import io.varve.storage.ColumnStats;
import io.varve.storage.model.FieldType;

/**
 * Hands the samples of one field of one series on, batch by batch: those of a batch one by one, or
 * what its statistics know about them if that is all that is wanted, so that a window of a month
 * costs the heads of its chunks, not their samples. Nothing is kept but the last sample of a batch,
 * as the next batch may begin in the same millisecond.
 *
 * <p>A field with native histograms is collected first.
 */
final class FieldSamples {
  /** 1,024 integers up to this have a sum of 64 bits, and are doubles. */
  private static final long EXACT_LONG = 1L << 52;

  /** What is collected of a field without histograms. */
  private static final Samples NOTHING = new Samples();

  private final Condenser condenser;
  private final boolean keepStale;
  private final SampleSink sink;
  private final SampleBatch read;
  private final SampleBatch held = new SampleBatch();
  private final Samples collected;
  private final boolean collects;

  private boolean hasSamples;

  /** The time of the last sample that came, if any has. */
  private long lastMillis;

  /** Whether that is of a place that stands for several samples. */
  private boolean endsCondensed;

  /**
   * The samples of a field.
   *
   * @param collects whether the field has native histograms
   * @param read a buffer that it needs for a call at a time
   */
  FieldSamples(
      Condenser condenser, boolean keepStale, boolean collects, SampleBatch read, SampleSink sink) {
    this.read = read;
    this.collected = collects ? new Samples() : NOTHING;
    this.condenser = condenser;
    this.keepStale = keepStale;
    this.collects = collects;
    this.sink = sink;
  }

  /** Begins a series, or the same one again. */
  void begin() {
    hasSamples = false;
    endsCondensed = false;
    held.clear();
    if (collects) {
      collected.clear();
    } else {
      sink.begin();
    }
  }

  boolean hasSamples() {
    return hasSamples;
  }

  /** What it has in memory, in samples. */
  long weight() {
    return collected.weight();
  }

  /** Ends a series that has samples. */
  void end(Labels labels) {
    if (collects) {
      sink.all(labels, collected);
      return;
    }
    passHeld();
    sink.end(labels);
  }

  private void passHeld() {
    if (held.count() > 0) {
      sink.add(held);
      held.clear();
    }
  }

  /**
   * Adds the values of a numeric column.
   *
   * @param alone whether there is no other column of the field
   * @return false if the first sample takes the place of one that was condensed, being of the same
   *     millisecond: then nothing has been added, and the series is to be read without condensing
   */
  boolean add(BatchTimes times, Column column, boolean alone) {
    long first = times.firstMillis();
    long last = times.lastMillis();
    boolean apart = !hasSamples || lastMillis < first;
    if (endsCondensed && !apart) {
      return false;
    }
    if (alone && condenser.want() == Want.LAST && apart && condenser.isNewest(first, last)) {
      ColumnStats stats = column.endStats();
      if (stats != null) {
        if (condenser.isSeen(last)) {
          double newest = value(column.type(), stats.lastBits());
          read.setCondensed(last, newest, times.batch().rowCount());
          addCondensed(last);
        }
        return true;
      }
    }
    if (alone && condenser.isWhole(first, last)) {
      if (!condenser.isSeen(last)) {
        return true;
      }
      if (apart && condenser.want() != Want.ALL && condense(times, column, first, last)) {
        addCondensed(last);
        return true;
      }
    }
    endsCondensed = false;
    SampleColumn.read(times, column, keepStale, read);
    if (read.count() > 0) {
      hasSamples = true;
      if (collects) {
        collected.append(read);
        lastMillis = read.lastMillis();
      } else {
        pass(column);
      }
    }
    return true;
  }

  /** Adds the newest sample in place of all, as nothing but that is wanted. */
  void addNewest(long millis, FieldType type, long bits) {
    read.setCondensed(millis, value(type, bits), 1);
    addCondensed(millis);
  }

  private void addCondensed(long last) {
    hasSamples = true;
    lastMillis = last;
    endsCondensed = true;
    passHeld();
    sink.add(read);
  }

  /** Passes what has been read on, all but the last sample. */
  private void pass(Column column) {
    if (held.count() > 0 && lastMillis < read.timeMillis(0)) {
      sink.add(held);
    }
    int last = read.count() - 1;
    lastMillis = read.lastMillis();
    held.clear();
    held.put(lastMillis, read.values()[last]);
    if (last > 0) {
      if (column.stats() != null && column.ascends()) {
        read.markRising();
      }
      read.removeLast();
      sink.add(read);
    }
  }

  /**
   * Adds the values of all columns of a field with histograms, if there are some in the batch. They
   * are never condensed.
   *
   * @param first place of the field's first column
   * @return false if there are none, and nothing has been added
   */
  boolean addHistograms(BatchTimes times, int first, int columns) {
    Column histograms = SampleColumns.histograms(times.batch(), first, columns);
    if (histograms == null) {
      return false;
    }
    long last = times.lastMillis();
    if (condenser.isWhole(times.firstMillis(), last) && !condenser.isSeen(last)) {
      return true;
    }
    endsCondensed = false;
    SampleColumns.appendMixed(times, first, columns, histograms, keepStale, collected);
    hasSamples |= collected.count() > 0;
    lastMillis = last;
    return true;
  }

  /** Makes a few places of the statistics of a column, if they will do. */
  private boolean condense(BatchTimes times, Column column, long first, long last) {
    Want want = condenser.want();
    ColumnStats stats = column.stats();
    if (stats == null) {
      return false;
    }
    boolean dense = stats.count() == times.batch().rowCount();
    boolean fits =
        switch (want) {
          case ENDS -> dense;
          case RISING_ENDS -> dense && column.ascends();
          case SUM -> column.type() == FieldType.FLOAT || isSumExact(stats);
          default -> true;
        };
    if (!fits || (want != Want.LAST && !times.areDistinct())) {
      return false;
    }
    switch (want) {
      case COUNT, MIN, MAX, SUM, FIRST, LAST ->
          read.setCondensed(last, value(column.type(), bits(stats, want)), stats.count());
      case ENDS, RISING_ENDS -> {
        double value = value(column.type(), stats.firstBits());
        if (stats.count() == 1) {
          read.setCondensed(first, value, 1);
        } else {
          read.setEnds(first, value, last, value(column.type(), stats.lastBits()), stats.count());
        }
      }
      case ALL -> throw new IllegalStateException("all samples are wanted");
    }
    return true;
  }

  private static long bits(ColumnStats stats, Want want) {
    return switch (want) {
      case FIRST -> stats.firstBits();
      case MIN -> stats.minBits();
      case MAX -> stats.maxBits();
      case SUM -> stats.sumBits();
      default -> stats.lastBits();
    };
  }

  private static double value(FieldType type, long bits) {
    return switch (type) {
      case FLOAT -> Double.longBitsToDouble(bits);
      case UNSIGNED -> SampleColumn.unsigned(bits);
      default -> (double) bits;
    };
  }

  private static boolean isSumExact(ColumnStats stats) {
    return stats.minBits() >= -EXACT_LONG
        && stats.maxBits() <= EXACT_LONG
        && stats.maxBits() >= stats.minBits();
  }
}
