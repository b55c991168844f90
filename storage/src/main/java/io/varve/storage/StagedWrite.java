package io.varve.storage;

import io.varve.storage.head.ShardHead;
import io.varve.storage.index.SeriesIndex;
import io.varve.storage.index.ShardIndex;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.KnownFields;
import io.varve.storage.model.KnownKeys;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.RetentionPolicy;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way through a commit: each row's series, shard and fields as numbers.
 *
 * <p>{@link #stage} does the looking up; rows that cannot be stored are left out with a reason.
 * Points of one series and points with the same fields tend to follow each other, so each row is
 * first compared to the one before. Reused from commit to commit; commit thread.
 */
final class StagedWrite {
  private static final byte[] TIME = "time".getBytes(StandardCharsets.UTF_8);

  /** In place of a field id: a later value of the row has the same field, or there is no field. */
  private static final int NO_FIELD = 0;

  private @Nullable PolicyState policy;
  private PointBatch batch = new PointBatch();
  private int[] seriesIds = new int[0];
  private @Nullable Shard[] shards = new Shard[0];
  private int[] fieldIds = new int[0];
  private int[] rowFieldIds = new int[64];

  /** By list of {@link KnownFields} the ids of its fields, if it has been accepted. */
  private int[][] listFieldIds = new int[0][];

  /** By list the pass and shard that its ids have been accepted in; see {@link #listStamp}. */
  private long[] acceptedIn = new long[0];

  /** A number of its own for each batch, and each time that the rows go on to another shard. */
  private long listStamp;

  private int storedRows;
  private int droppedRows;
  private @Nullable String reason;
  private int reasonRow;
  private long oldestNanos;
  private long latestNanos;

  /** The last row whose fields were looked up and accepted, or -1. */
  private int fieldsOfRow;

  private @Nullable String fieldRefusal;

  /** Per field id the last value with it, as {@code stamp << 32 | value}; see {@link #dedupe}. */
  private long[] lastUse = new long[256];

  private int stamp;

  /**
   * Looks everything up, adding what is new to the index.
   *
   * @param createShard makes the shard that a time of this policy needs
   */
  void stage(
      PolicyState target, PointBatch points, long nowNanos, Function<Long, Shard> createShard) {
    policy = target;
    batch = points;
    storedRows = 0;
    droppedRows = 0;
    reason = null;
    fieldsOfRow = -1;
    int rows = points.rowCount();
    if (seriesIds.length < rows) {
      seriesIds = new int[rows];
      shards = new Shard[rows];
    }
    if (fieldIds.length < points.valueCount()) {
      fieldIds = new int[points.valueCount()];
    }
    SeriesIndex index = target.database().index();
    index.noteTime(nowNanos);
    RetentionPolicy retention = target.policy();
    oldestNanos = retention.oldestNanos(nowNanos);
    latestNanos = retention.latestNanos(nowNanos);
    if (findSeries(index, rows)) {
      addSeries(index, rows);
    }
    findShards(target, rows, createShard);
    findFields(index, rows);
  }

  // One pass for each step, and in methods of their own: one loop that did all of it took the
  // compiler 2.6 s, during which the commits of a young process ran in slow code.

  /** Looks up the series of all rows; answers whether some are not known. */
  private boolean findSeries(SeriesIndex index, int rows) {
    KnownKeys known = batch.knownKeys();
    if (known != null) {
      known.useIndex(index.generation());
    }
    boolean missing = false;
    int seriesId = SeriesIndex.NONE;
    for (int row = 0; row < rows; row++) {
      if (!batch.sameKeyAsPrevious(row)) {
        int number = batch.knownKey(row);
        seriesId = known == null || number < 0 ? SeriesIndex.NONE : known.seriesId(number);
        if (seriesId == SeriesIndex.NONE) {
          seriesId = findInIndex(index, row);
        }
      }
      seriesIds[row] = seriesId;
      missing |= seriesId == SeriesIndex.NONE;
    }
    return missing;
  }

  private int findInIndex(SeriesIndex index, int row) {
    int seriesId = index.find(batch.keyBytes(row), batch.keyOffset(row), batch.keyLength(row));
    KnownKeys known = batch.knownKeys();
    int number = batch.knownKey(row);
    if (known != null && number >= 0) {
      known.setSeriesId(number, seriesId);
    }
    return seriesId;
  }

  /** Adds the series that were not found, or leaves their rows out. */
  private void addSeries(SeriesIndex index, int rows) {
    String refusal = null;
    for (int row = 0; row < rows; row++) {
      if (!batch.sameKeyAsPrevious(row)) {
        refusal = null;
      }
      if (seriesIds[row] != SeriesIndex.NONE || isBeyondRetention(row)) {
        continue;
      }
      // An earlier row may have been of the same series.
      int seriesId = refusal == null ? findInIndex(index, row) : SeriesIndex.NONE;
      if (seriesId == SeriesIndex.NONE && refusal == null) {
        refusal = refusalOfKey(row);
        if (refusal == null) {
          seriesId = index.add(batch.keyBytes(row), batch.keyOffset(row), batch.keyLength(row));
          refusal = seriesId == SeriesIndex.NONE ? index.refusal() : null;
        }
      }
      seriesIds[row] = seriesId;
      if (refusal != null) {
        drop(row, refusal);
      }
    }
  }

  private boolean isBeyondRetention(int row) {
    long timestampNanos = batch.timestampNanos(row);
    return timestampNanos < oldestNanos || timestampNanos > latestNanos;
  }

  private void findShards(PolicyState target, int rows, Function<Long, Shard> createShard) {
    Shard shard = null;
    for (int row = 0; row < rows; row++) {
      shards[row] = null;
      if (isBeyondRetention(row)) {
        drop(row, "points beyond retention policy");
        continue;
      }
      if (seriesIds[row] == SeriesIndex.NONE) {
        continue;
      }
      long timestampNanos = batch.timestampNanos(row);
      if (shard == null || !shard.bounds().contains(timestampNanos)) {
        shard = target.find(timestampNanos);
        if (shard == null) {
          shard = createShard.apply(timestampNanos);
        }
      }
      shards[row] = shard;
    }
  }

  private void findFields(SeriesIndex index, int rows) {
    KnownFields lists = batch.knownFields();
    int listCount = lists == null ? 0 : lists.count();
    if (acceptedIn.length < listCount) {
      acceptedIn = Arrays.copyOf(acceptedIn, listCount);
      listFieldIds = Arrays.copyOf(listFieldIds, listCount);
    }
    Shard before = null;
    for (int row = 0; row < rows; row++) {
      Shard shard = shards[row];
      if (shard == null) {
        continue;
      }
      if (shard != before) {
        fieldsOfRow = -1;
        listStamp++;
        before = shard;
      }
      int list = batch.fieldList(row);
      if (list >= 0 && acceptedIn[list] == listStamp) {
        storedRows++;
      } else {
        findFields(index, shard, row, list);
      }
    }
  }

  private void findFields(SeriesIndex index, Shard shard, int row, int list) {
    resolveFields(index, shard.index(), seriesIds[row], row);
    if (fieldRefusal != null) {
      shards[row] = null;
      drop(row, fieldRefusal);
      return;
    }
    storedRows++;
    if (list >= 0) {
      acceptedIn[list] = listStamp;
      listFieldIds[list] = Arrays.copyOfRange(fieldIds, batch.firstValue(row), batch.endValue(row));
    }
  }

  PolicyState policy() {
    if (policy == null) {
      throw new IllegalStateException("nothing is staged");
    }
    return policy;
  }

  PointBatch batch() {
    return batch;
  }

  /** The shard a row goes to, or null if it is left out. */
  @Nullable Shard shard(int row) {
    return shards[row];
  }

  /** Has the heads look at the places where these rows will go; see {@link ShardHead#touch}. */
  void touchHeads(int from, int to) {
    int start = from;
    for (int row = from; row < to; row++) {
      Shard shard = shards[row];
      if (row + 1 == to || shards[row + 1] != shard) {
        if (shard != null) {
          shard.head().touch(seriesIds, start, row + 1);
        }
        start = row + 1;
      }
    }
  }

  int seriesId(int row) {
    return seriesIds[row];
  }

  /** The field ids of a row's values, 0 or less for those left out; valid until the next call. */
  int[] fieldIds(int row) {
    int list = batch.fieldList(row);
    if (list >= 0) {
      return listFieldIds[list];
    }
    int first = batch.firstValue(row);
    int count = batch.endValue(row) - first;
    if (rowFieldIds.length < count) {
      rowFieldIds = new int[count * 2];
    }
    System.arraycopy(fieldIds, first, rowFieldIds, 0, count);
    return rowFieldIds;
  }

  WriteResult result() {
    return new WriteResult(storedRows, droppedRows, reason);
  }

  /** Lets go of everything but the arrays. */
  void clear() {
    Arrays.fill(shards, null);
    policy = null;
    batch = new PointBatch();
  }

  /** Leaves a row out; the reason of the first one is told. */
  private void drop(int row, String why) {
    droppedRows++;
    if (reason == null || row < reasonRow) {
      reason = why;
      reasonRow = row;
    }
  }

  private @Nullable String refusalOfKey(int row) {
    if (batch.keyLength(row) > SeriesKey.MAX_BYTES) {
      return "max key size exceeded: " + batch.keyLength(row) + " > " + SeriesKey.MAX_BYTES;
    }
    SeriesKey key;
    try {
      key = SeriesKey.parse(batch.keyBytes(row), batch.keyOffset(row), batch.keyLength(row));
    } catch (IllegalArgumentException e) {
      return "invalid series key: " + e.getMessage();
    }
    if (key.tags().containsKey("time")) {
      return "invalid tag key: input tag \"time\" on measurement \""
          + key.measurement()
          + "\" is invalid";
    }
    return null;
  }

  private void resolveFields(SeriesIndex index, ShardIndex shard, int seriesId, int row) {
    int measurementId = index.measurementOf(seriesId);
    int first = batch.firstValue(row);
    int end = batch.endValue(row);
    fieldRefusal = null;
    if (fieldsOfRow >= 0
        && index.measurementOf(seriesIds[fieldsOfRow]) == measurementId
        && hasFieldsOf(fieldsOfRow, row)) {
      System.arraycopy(fieldIds, batch.firstValue(fieldsOfRow), fieldIds, first, end - first);
      return;
    }
    boolean any = false;
    for (int value = first; value < end; value++) {
      int id = resolveField(index, shard, measurementId, value);
      fieldIds[value] = id;
      any |= id > 0;
    }
    if (fieldRefusal == null && !any) {
      fieldRefusal =
          "invalid field name: input field \"time\" on measurement \""
              + index.measurementName(measurementId)
              + "\" is invalid";
    }
    dedupe(first, end);
    if (fieldRefusal == null) {
      fieldsOfRow = row;
    }
  }

  private int resolveField(SeriesIndex index, ShardIndex shard, int measurementId, int value) {
    byte[] arena = batch.arena();
    int at = batch.nameOffset(value);
    int length = batch.nameLength(value);
    FieldType type = batch.type(value);
    if (Arrays.equals(arena, at, at + length, TIME, 0, TIME.length)) {
      return NO_FIELD;
    }
    int id = shard.resolveField(measurementId, arena, at, length, type);
    if (id > 0 && fieldRefusal == null && tooLong(value)) {
      fieldRefusal =
          "input field \""
              + name(value)
              + "\" on measurement \""
              + index.measurementName(measurementId)
              + "\" is too long, "
              + batch.stringLength(value)
              + " > "
              + PointBatch.MAX_STRING_BYTES;
    }
    if (id <= 0 && fieldRefusal == null) {
      fieldRefusal = refusalOfField(index, measurementId, value, id);
    }
    return id;
  }

  private String refusalOfField(SeriesIndex index, int measurementId, int value, int id) {
    String measurement = index.measurementName(measurementId);
    if (id == 0) {
      return "max fields per measurement exceeded: measurement \""
          + measurement
          + "\" has "
          + SeriesIndex.MAX_FIELD_ID;
    }
    var existing = index.field(measurementId, -id);
    return "field type conflict: input field \""
        + name(value)
        + "\" on measurement \""
        + measurement
        + "\" is type "
        + batch.type(value).label()
        + ", already exists as type "
        + (existing == null ? "unknown" : existing.type().label());
  }

  private String name(int value) {
    return new String(
        batch.arena(), batch.nameOffset(value), batch.nameLength(value), StandardCharsets.UTF_8);
  }

  private boolean tooLong(int value) {
    return batch.type(value) == FieldType.STRING
        && batch.stringLength(value) > PointBatch.MAX_STRING_BYTES;
  }

  private boolean hasFieldsOf(int twin, int row) {
    int first = batch.firstValue(row);
    int count = batch.endValue(row) - first;
    int twinFirst = batch.firstValue(twin);
    if (batch.endValue(twin) - twinFirst != count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (batch.nameOffset(first + i) != batch.nameOffset(twinFirst + i)
          || batch.nameLength(first + i) != batch.nameLength(twinFirst + i)
          || batch.type(first + i) != batch.type(twinFirst + i)
          || tooLong(first + i)) {
        return false;
      }
    }
    return true;
  }

  /** Of several values of one field in a row the last counts. */
  private void dedupe(int first, int end) {
    stamp++;
    for (int value = first; value < end; value++) {
      int id = fieldIds[value];
      if (id <= 0) {
        continue;
      }
      if (id >= lastUse.length) {
        lastUse = Arrays.copyOf(lastUse, Math.max(id + 1, lastUse.length * 2));
      }
      if ((int) (lastUse[id] >>> 32) == stamp) {
        fieldIds[(int) lastUse[id]] = NO_FIELD;
      }
      lastUse[id] = (long) stamp << 32 | value;
    }
  }
}
