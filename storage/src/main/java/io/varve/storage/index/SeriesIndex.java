package io.varve.storage.index;

import io.varve.storage.index.MeasurementTable.Block;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.RefusedSeries;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import io.varve.storage.model.TagReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * The series, measurements, fields and tags of one database.
 *
 * <p>One writer thread at a time calls the methods marked "writer"; all others may be called from
 * any thread at any time, take no lock, and see every change that happened before.
 *
 * <p>All of it is on the heap: per series some 30 bytes, and per tag of a series 2 to 4 bytes for
 * its key and 4 or less for the postings, plus some 60 bytes and its text per distinct value of a
 * tag. Postings are rebuilt from the keys when the index is loaded, see decision 001.
 *
 * <p>Every change is also a record. The writer moves them into its batch of writes by {@link
 * #drainChanges} and reports the outcome by {@link #changesCommitted} or {@link #changesFailed}.
 *
 * <p>This class joins the parts and keeps them in step: {@link MeasurementTable}, {@link KeyArena}
 * with its table, the postings of each {@link Measurement}; {@link IndexCatalog} asks them by name.
 */
public final class SeriesIndex {
  /** What {@link #find}, {@link #add} and {@link #findMeasurement} answer when there is none. */
  public static final int NONE = -1;

  /** Largest field id; ids start at 1. */
  public static final int MAX_FIELD_ID = 65_534;

  /** Most tag keys of one measurement. */
  public static final int MAX_TAG_KEYS = 65_536;

  /** Series ids come in blocks of so many, each of one measurement. */
  public static final int BLOCK_SERIES = Measurement.BLOCK_SERIES;

  static final int FORMAT_VERSION = 1;

  /** In place of a type: the field was dropped, and its id is not to be used again. */
  static final byte DROPPED_FIELD = (byte) 0xff;

  /** One count for all indexes, of what {@link #generation} answers; 0 is none. */
  private static final AtomicLong GENERATIONS = new AtomicLong();

  private final SeriesGuard guard;
  private final ChangeLog changes = new ChangeLog();
  private final KeyReader reader = new KeyReader();

  private final KeyArena keys = new KeyArena();
  private final SeriesTable series = new SeriesTable();
  private final MeasurementTable measurements = new MeasurementTable();
  private final IndexCatalog catalog = new IndexCatalog(measurements);
  private volatile long seriesCount;
  private volatile long generation = GENERATIONS.incrementAndGet();

  /** The tags of the series being added: their keys, and the numbers as stored. Writer. */
  private TagKey[] newTagKeys = new TagKey[16];

  private int[] newTags = new int[32];
  private final PatternMemo memo = new PatternMemo();

  /** An empty index. */
  public SeriesIndex(IndexLimits limits) {
    this.guard = new SeriesGuard(limits);
  }

  /**
   * Rebuilds an index from all its records; those of shards are passed over.
   *
   * @throws io.varve.storage.StorageException of kind CORRUPTION, naming the key, if a record
   *     cannot be what this class wrote
   */
  public static SeriesIndex load(IndexEntries entries, IndexLimits limits) {
    return new IndexLoader(new SeriesIndex(limits), entries).load();
  }

  /** The id of the series with this canonical key, or {@link #NONE}. Allocates nothing. */
  public int find(byte[] key, int offset, int length) {
    long location = series.find(key, offset, length, 0);
    return location == HashSlots.NONE ? NONE : keys.seriesId(location);
  }

  /**
   * Adds a series that {@link #find} does not know and answers its id, or {@link #NONE} if a limit
   * refuses it; {@link #refusal} then says why. Writer.
   *
   * @throws IllegalArgumentException if the bytes are not a canonical key
   */
  public int add(byte[] key, int offset, int length) {
    reader.begin(key, offset, length);
    while (reader.nextTag()) {
      // Reads to the end, so that a malformed key changes nothing.
    }
    reader.begin(key, offset, length);
    byte[] bytes = reader.bytes();
    int measurementId =
        findMeasurement(bytes, reader.measurementOffset(), reader.measurementLength());
    Measurement known = measurementId == NONE ? null : measurements.get(measurementId);
    if (!guard.allowsSeries(reader, known, seriesCount)
        || (known != null && !guard.allowsTags(reader, known))) {
      return NONE;
    }
    reader.begin(key, offset, length);
    Measurement measurement =
        known != null
            ? known
            : measurements.add(
                measurements.nextId(),
                Arrays.copyOfRange(
                    bytes,
                    reader.measurementOffset(),
                    reader.measurementOffset() + reader.measurementLength()));
    if (measurement.blocksAreFull()) {
      measurements.assignBlock(measurement, measurements.nextBlock());
      changes.put(IndexKeys.measurement(measurement.id), measurement.encode());
      changes.put(IndexKeys.store(), measurements.encode());
    }
    int ordinal = measurement.nextOrdinal();
    int seriesId = measurement.seriesId(ordinal);
    addSeries(measurement, ordinal, seriesId, key, offset, length);
    guard.noteAdded();
    changes.put(IndexKeys.series(seriesId), Arrays.copyOfRange(key, offset, offset + length));
    return seriesId;
  }

  /** Why the last {@link #add} answered {@link #NONE}: limit, measurement and tag. Writer. */
  public String refusal() {
    return guard.refusal();
  }

  /** Tells the time by which the limit of new series per minute goes. Writer. */
  public void noteTime(long nowNanos) {
    guard.noteTime(nowNanos);
  }

  /**
   * A number that no other index has and that changes when series are removed: as long as it is the
   * same, what {@link #find} has found is still true.
   */
  public long generation() {
    return generation;
  }

  /** How often limits have refused a series. */
  public RefusedSeries refused() {
    return guard.refused();
  }

  /**
   * Removes series; a measurement without series goes too, with its fields. Unknown ids are passed
   * over. Ids are never handed out again. Costs as much as the measurements have tag values.
   * Writer.
   *
   * @return the ids of measurements that went, of which shards are to forget the fields
   */
  public List<Integer> remove(RoaringBitmap seriesIds) {
    generation = GENERATIONS.incrementAndGet();
    Map<Measurement, RoaringBitmap> byMeasurement = new LinkedHashMap<>();
    IntIterator ids = seriesIds.getIntIterator();
    while (ids.hasNext()) {
      int seriesId = ids.next();
      Block block = measurements.block(seriesId);
      if (block != null) {
        byMeasurement.computeIfAbsent(block.measurement(), m -> new RoaringBitmap()).add(seriesId);
      }
    }
    List<Integer> gone = new ArrayList<>();
    byMeasurement.forEach(
        (measurement, wanted) -> {
          RoaringBitmap known = RoaringBitmap.and(wanted, measurement.postings().all().bitmap());
          if (!known.isEmpty()) {
            removeOf(measurement, known);
            if (measurements.getOrNull(measurement.id) == null) {
              gone.add(measurement.id);
            }
          }
        });
    return gone;
  }

  /** The id of a measurement by the UTF-8 bytes of its name, or {@link #NONE}. No allocation. */
  public int findMeasurement(byte[] name, int offset, int length) {
    return measurements.find(name, offset, length);
  }

  /** The id of a measurement, or {@link #NONE}. */
  public int findMeasurement(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return findMeasurement(bytes, 0, bytes.length);
  }

  /** The measurement that a series belongs to, by id; the series must exist or have existed. */
  public int measurementOf(int seriesId) {
    Block block = measurements.block(seriesId);
    if (block == null) {
      throw unknownSeries(seriesId);
    }
    return block.measurement().id;
  }

  /** The ids of the measurements that some series belong to; unknown series are passed over. */
  public Set<Integer> measurementsOf(RoaringBitmap seriesIds) {
    Set<Integer> found = new HashSet<>();
    IntIterator ids = seriesIds.getIntIterator();
    while (ids.hasNext()) {
      int seriesId = ids.next();
      Block block = measurements.block(seriesId);
      if (block != null) {
        found.add(block.measurement().id);
      }
    }
    return found;
  }

  /** The name of a measurement. */
  public String measurementName(int measurementId) {
    return measurements.get(measurementId).name;
  }

  /** The id of the field with this name and type, or {@link #NONE}. Allocates nothing. */
  public int findField(int measurementId, byte[] name, int offset, int length, FieldType type) {
    return measurements.get(measurementId).fields.find(name, offset, length, type);
  }

  /**
   * The id of the field with this name and type, added if need be; {@link #NONE} if the measurement
   * has no field ids left. Writer. Use {@link ShardIndex#resolveField} for writes: it also guards
   * the field's type in the shard.
   */
  public int resolveField(int measurementId, byte[] name, int offset, int length, FieldType type) {
    FieldTable fields = measurements.get(measurementId).fields;
    int known = fields.find(name, offset, length, type);
    if (known != NONE) {
      return known;
    }
    int id = fields.lastId() + 1;
    if (id > MAX_FIELD_ID) {
      return NONE;
    }
    byte[] bytes = Arrays.copyOfRange(name, offset, offset + length);
    fields.add(id, bytes, type);
    byte[] value = new byte[1 + length];
    value[0] = (byte) type.code();
    System.arraycopy(bytes, 0, value, 1, length);
    changes.put(IndexKeys.field(measurementId, id), value);
    measurements.noteSchemaChange();
    return id;
  }

  /**
   * Drops all fields of a name, whatever their types; a new field of that name gets another id.
   * Writer.
   *
   * @return the ids they had
   */
  public int[] dropField(int measurementId, String name) {
    FieldTable fields = measurements.get(measurementId).fields;
    int[] ids =
        fields.all().stream()
            .filter(field -> field.name().equals(name))
            .mapToInt(Field::id)
            .toArray();
    for (int id : ids) {
      fields.drop(id);
      changes.put(IndexKeys.field(measurementId, id), new byte[] {DROPPED_FIELD});
    }
    measurements.noteSchemaChange();
    return ids;
  }

  /** Whether values of a field of a series are to be seen; unless one of them was dropped. */
  public boolean isLive(int seriesId, int fieldId) {
    Block block = measurements.block(seriesId);
    return block != null && block.measurement().fields.field(fieldId) != null;
  }

  /** Whether a series may have values of fields that were dropped. */
  public boolean hasDroppedFields(int seriesId) {
    Block block = measurements.block(seriesId);
    return block != null && block.measurement().fields.hasDropped();
  }

  /** Whether a series exists. */
  public boolean contains(int seriesId) {
    Block block = measurements.block(seriesId);
    if (block == null) {
      return false;
    }
    long location = block.location(seriesId);
    if (location < 0) {
      return false;
    }
    byte[] key = keys.key(location, block.measurement());
    return find(key, 0, key.length) == seriesId;
  }

  /** The fields of a series' measurement; empty if it has been dropped. */
  public List<Field> fieldsOf(int seriesId) {
    Block block = measurements.block(seriesId);
    return block == null ? List.of() : block.measurement().fields.all();
  }

  /** A field by id; null if there is none. */
  public @Nullable Field field(int measurementId, int fieldId) {
    return measurements.get(measurementId).fields.field(fieldId);
  }

  /** A number that changes whenever a measurement or field comes or goes, and is never reused. */
  public long schemaVersion() {
    return measurements.schemaVersion();
  }

  /** What there is, by name. */
  public IndexCatalog catalog() {
    return catalog;
  }

  /** The measurements, for who loads them and for shards. */
  MeasurementTable measurements() {
    return measurements;
  }

  /** All series of a measurement, in a bitmap not to be changed; none of one that went. */
  RoaringBitmap seriesOf(int measurementId) {
    Measurement found = measurements.getOrNull(measurementId);
    return found == null ? new RoaringBitmap() : found.postings().all().bitmap();
  }

  /**
   * The series of a measurement that meet the predicate; empty if there is no such measurement. The
   * bitmap belongs to the caller.
   */
  public RoaringBitmap select(String measurement, TagPredicate predicate) {
    Measurement found = measurements.named(measurement);
    return found == null
        ? new RoaringBitmap()
        : TagQuery.select(found.postings(), this::valueOf, memo, predicate);
  }

  /**
   * The measurement and tags of a series; a removed one keeps its key until the index is loaded
   * again, so that queries under way can finish. Throws {@link IllegalArgumentException} if
   * unknown.
   */
  public SeriesKey key(int seriesId) {
    byte[] bytes = keyBytes(seriesId);
    return SeriesKey.parse(bytes, 0, bytes.length);
  }

  /** The canonical key of a series, else as {@link #key}. */
  public byte[] keyBytes(int seriesId) {
    Block block = measurements.block(seriesId);
    long location = block == null ? -1 : block.location(seriesId);
    if (block == null || location < 0) {
      throw unknownSeries(seriesId);
    }
    return keys.key(location, block.measurement());
  }

  /** A reader of some tags, else as {@link #key}. */
  public TagReader tags(List<String> tagKeys) {
    return new SeriesTags(this, tagKeys);
  }

  void readTags(int seriesId, SeriesTags into) {
    Block block = measurements.block(seriesId);
    long location = block == null ? -1 : block.location(seriesId);
    if (block == null || location < 0) {
      throw unknownSeries(seriesId);
    }
    keys.read(location, block.measurement(), into);
  }

  /** Series of the database. */
  public long seriesCount() {
    return seriesCount;
  }

  /** Emits every change not yet known to be committed, oldest first. Writer. */
  public void drainChanges(IndexChanges sink) {
    changes.drain(sink);
  }

  /** The changes last drained are durable. Writer. */
  public void changesCommitted() {
    changes.committed();
  }

  /** The changes last drained are not durable; the next drain emits them again. Writer. */
  public void changesFailed() {
    changes.failed();
  }

  /** Where shards put their records. Writer. */
  IndexChanges changes() {
    return changes;
  }

  /** Adds a stored series; false if its id or its key cannot be right. Loading only. */
  boolean restoreSeries(int seriesId, byte[] key) {
    Block block = measurements.block(seriesId);
    reader.begin(key, 0, key.length);
    if (block == null
        || find(key, 0, key.length) != NONE
        || !Arrays.equals(
            block.measurement().nameBytes,
            0,
            block.measurement().nameBytes.length,
            key,
            reader.measurementOffset(),
            reader.measurementOffset() + reader.measurementLength())) {
      return false;
    }
    while (reader.nextTag()) {
      // Reads to the end, so that a malformed key changes nothing.
    }
    reader.begin(key, 0, key.length);
    addSeries(block.measurement(), block.ordinal(seriesId), seriesId, key, 0, key.length);
    return true;
  }

  /** Adds a series whose key is at its measurement in {@link #reader}. */
  private void addSeries(
      Measurement measurement, int ordinal, int seriesId, byte[] key, int offset, int length) {
    Postings postings = measurement.postings();
    int count = 0;
    while (reader.nextTag()) {
      if (count == newTagKeys.length) {
        newTagKeys = Arrays.copyOf(newTagKeys, count * 2);
        newTags = Arrays.copyOf(newTags, count * 4);
      }
      TagKey tagKey = postings.resolve(reader);
      newTagKeys[count] = tagKey;
      newTags[2 * count] = tagKey.dictionary.number;
      newTags[2 * count + 1] =
          tagKey.dictionary.resolve(reader.bytes(), reader.valueOffset(), reader.valueLength());
      count++;
    }
    long hash = Hash64.of(key, offset, length, 0);
    long location = keys.append(seriesId, (int) hash, newTags, count);
    measurement.setLocation(ordinal, location);
    for (int i = 0; i < count; i++) {
      newTagKeys[i].add(newTags[2 * i + 1], seriesId);
    }
    postings.addSeries(seriesId);
    series.insert(location, hash);
    long before = seriesCount;
    seriesCount = before + 1;
  }

  private void removeOf(Measurement measurement, RoaringBitmap known) {
    measurement.setPostings(measurement.postings().without(known));
    IntIterator ids = known.getIntIterator();
    while (ids.hasNext()) {
      int seriesId = ids.next();
      Block block = measurements.block(seriesId);
      if (block == null) {
        throw new IllegalStateException("series " + seriesId + " is in no block");
      }
      series.remove(block.location(seriesId));
      changes.delete(IndexKeys.series(seriesId));
    }
    long count = seriesCount;
    seriesCount = count - known.getCardinality();
    if (measurement.postings().all().cardinality() > 0) {
      changes.put(IndexKeys.measurement(measurement.id), measurement.encode());
      return;
    }
    measurements.remove(measurement);
    for (int id = 1; id <= measurement.fields.lastId(); id++) {
      changes.delete(IndexKeys.field(measurement.id, id));
    }
    changes.delete(IndexKeys.measurement(measurement.id));
  }

  private int valueOf(int seriesId, TagDictionary dictionary) {
    Block block = measurements.block(seriesId);
    long location = block == null ? -1 : block.location(seriesId);
    return location < 0 ? -1 : keys.valueOf(location, dictionary.number);
  }

  private static IllegalArgumentException unknownSeries(int seriesId) {
    return new IllegalArgumentException("no series has id " + Integer.toUnsignedString(seriesId));
  }

  /** From canonical keys to their locations. */
  private final class SeriesTable extends HashSlots {
    @Override
    boolean matches(long location, byte[] key, int offset, int length, int kind) {
      Block block = measurements.block(keys.seriesId(location));
      return block != null && keys.matches(location, block.measurement(), key, offset, length);
    }

    @Override
    int lowHashOf(long location) {
      return keys.lowHash(location);
    }
  }
}
