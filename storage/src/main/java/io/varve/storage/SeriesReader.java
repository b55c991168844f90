package io.varve.storage;

import io.varve.storage.model.Field;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TagReader;
import io.varve.storage.model.TimeRange;
import java.util.List;

/**
 * A view of one retention policy of one database as of the moment it was opened, between two
 * commits: every write and delete acknowledged before is in it, later ones are not, and all its
 * cursors agree. Only what is dropped (series, measurements, fields, shards) is gone from it at
 * once.
 *
 * <p>For a reader the store keeps what it would otherwise let go: chunks that were rewritten since,
 * on disk, and rows that have gone to chunks since, in the heap. If the latter of all readers are
 * more than half the head's budget, the oldest readers lose their moment: their cursors then see
 * each series as of the time they come to it, still with everything acknowledged before the reader
 * was opened, but perhaps with later rows in some series and not in others. {@link
 * StoreStats#viewsGivenUp} counts them.
 *
 * <p>The catalogue (measurements, fields, tags, series) belongs to the database as a whole and is
 * answered from the index, without touching data; what is asked for with a range of time, from what
 * the index knows of the policy's shards, whole shards at a time. Lists are sorted by UTF-8 bytes.
 * Thread-safe; cursors are not. Closed by whoever opened it, after its cursors.
 */
public interface SeriesReader extends AutoCloseable {
  /** Names of all measurements. */
  List<String> measurements();

  /**
   * A number that changes whenever a measurement or field of the database comes or goes, for those
   * who keep what they have derived from the names. No two databases of a process have the same. To
   * be read before the names.
   */
  long schemaVersion();

  /** The fields of a measurement by name, then type; empty if there is no such measurement. */
  List<Field> fields(String measurement);

  /**
   * Those fields of a measurement that shards of this policy and range have: fields written there
   * since the last time that no series of the measurement was left in the shard.
   */
  default List<Field> fields(String measurement, TimeRange range) {
    return fields(measurement);
  }

  /** The tag keys of a measurement; empty if there is no such measurement. */
  List<String> tagKeys(String measurement);

  /** Those tag keys of a measurement that its series in shards of this policy and range have. */
  default List<String> tagKeys(String measurement, TimeRange range) {
    return tagKeys(measurement);
  }

  /** The values a tag has in a measurement; empty if there is no such tag or measurement. */
  List<String> tagValues(String measurement, String tagKey);

  /**
   * Ids of the series of a measurement that meet the predicate and may have rows in the range,
   * ascending; empty if there is no such measurement. With {@link TimeRange#ALL}, every series of
   * the measurement that meets the predicate.
   */
  int[] select(String measurement, TagPredicate predicate, TimeRange range);

  /** The measurement and tags of a series. */
  SeriesKey key(int seriesId);

  /** A reader of tags of series of any measurement. */
  default TagReader tags(List<String> tagKeys) {
    return new KeyTags(this, tagKeys);
  }

  /**
   * Takes the newest row in the range of those series whose row costs next to nothing, as it is
   * still in the head or was read before, and leaves the others to a {@link #scan}. A row taken is
   * the one that a scan of the same fields would find.
   */
  default void read(NewestRows wanted) {}

  /** Opens a cursor over data; the caller closes it. */
  SeriesCursor scan(ScanSpec spec);

  /** Shards that a scan of a range looks at; 0 for a reader that reads no store. */
  default int shardCount(TimeRange range) {
    return 0;
  }

  /**
   * What a scan would find, from the keys of all chunks concerned; nothing for a reader that reads
   * no store.
   *
   * @param most after so many chunks, or looks at a series in a shard, the count ends
   * @param beforeSeries called before each series of each shard; may throw to give up
   */
  default ScanCost cost(ScanSpec spec, long most, Runnable beforeSeries) {
    return ScanCost.NONE;
  }

  @Override
  void close();
}
