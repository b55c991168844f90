package io.varve.query;

import io.varve.storage.NewestRows;
import io.varve.storage.ScanCost;
import io.varve.storage.ScanSpec;
import io.varve.storage.SeriesCursor;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TimeRange;
import java.util.List;
import java.util.function.ToLongFunction;

/** A reader that ends the attempt as soon as {@link BriefWork} is exceeded. */
final class BriefReader extends ForwardingReader {
  private final BriefWork work;
  private final ToLongFunction<String> seriesCount;

  /**
   * Takes a reader over.
   *
   * @param seriesCount series of a measurement
   * @throws NotBriefException if there are too many shards; the reader is closed then
   */
  BriefReader(SeriesReader reader, BriefWork work, ToLongFunction<String> seriesCount) {
    super(reader);
    this.work = work;
    this.seriesCount = seriesCount;
    if (reader.shardCount(TimeRange.ALL) > BriefWork.MAX_SHARDS) {
      reader.close();
      throw new NotBriefException("too many shards");
    }
  }

  @Override
  public int[] select(String measurement, TagPredicate predicate, TimeRange range) {
    boolean cheap =
        BriefWork.hasNoPattern(predicate)
            && (BriefWork.isNarrow(predicate)
                || seriesCount.applyAsLong(measurement) <= BriefWork.MAX_MEASUREMENT_SERIES);
    if (!cheap) {
      throw new NotBriefException("series are not named");
    }
    int[] found = reader.select(measurement, predicate, range);
    if (found.length > work.maxSeries()) {
      throw new NotBriefException("too many series");
    }
    return found;
  }

  @Override
  public void read(NewestRows wanted) {
    work.step();
    reader.read(wanted);
  }

  @Override
  public SeriesCursor scan(ScanSpec spec) {
    if (spec.seriesIds().length * reader.shardCount(spec.range()) > work.maxLooks()) {
      throw new NotBriefException("too many shards");
    }
    return new Cursor(reader.scan(spec), work);
  }

  @Override
  public List<String> measurements() {
    throw new NotBriefException("all measurements are asked for");
  }

  @Override
  public List<String> tagValues(String measurement, String tagKey) {
    throw new NotBriefException("all values of a tag are asked for");
  }

  @Override
  public ScanCost cost(ScanSpec spec, long most, Runnable beforeSeries) {
    throw new NotBriefException("chunks are counted");
  }

  @Override
  public List<String> tagKeys(String measurement, TimeRange range) {
    if (seriesCount.applyAsLong(measurement) > BriefWork.MAX_MEASUREMENT_SERIES) {
      throw new NotBriefException("the tags of many series are asked for");
    }
    return reader.tagKeys(measurement, range);
  }

  private static final class Cursor extends ForwardingCursor {
    private final BriefWork work;

    Cursor(SeriesCursor cursor, BriefWork work) {
      super(cursor);
      this.work = work;
    }

    @Override
    public boolean nextSeries() {
      work.step();
      return super.nextSeries();
    }

    @Override
    public boolean nextBatch() {
      work.step();
      return super.nextBatch();
    }
  }
}
