package io.varve.storage;

import io.varve.storage.chunk.SortedRows;
import io.varve.storage.codec.CorruptChunkException;
import io.varve.storage.head.Moments;
import io.varve.storage.head.PartialChunk;
import io.varve.storage.lifecycle.ChunkKeys;
import io.varve.storage.lifecycle.TombstoneRecord;
import io.varve.storage.model.TimeRange;
import io.varve.storage.read.ChunkIterator;
import io.varve.storage.read.Deletion;
import io.varve.storage.read.ShardSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one scan sees of one shard: the rows of its head, and chunks from the {@link ChunkCache} or,
 * if they are not there, by a {@link PolicyIterator}, which then go into the cache if that may be.
 * For one thread.
 */
final class ShardView implements ShardSource, ChunkIterator {
  private static final ChunkRun[] NOT_CACHED = {};

  private final Engine engine;
  private final Shard shard;
  private final ScanSpec spec;
  private final PolicyIterator iterator;

  /** Which series {@link #unsealed} and the iterator are prepared for. */
  private int preparedSeries;

  /** The shard as of the view; both null for the present. */
  private final ReadView.@Nullable Seen seen;

  private final @Nullable ReadView view;

  private final boolean withHead;
  private boolean prepared;
  private List<? extends SortedRows> unsealed = List.of();

  /** Chunks that hold nothing but rows of {@link #unsealed}. */
  private List<PartialChunk> redundant = List.of();

  /** Taken before the iterator sees chunks: what a compaction removes later is gone from both. */
  private List<Deletion> deletions = List.of();

  private boolean damageSeen;
  private int soughtSeries;
  private int soughtField;
  private long soughtTo;
  private long keySalt;

  /** The runs that the cache has of the series; none if it must not be used. */
  private ChunkRun[] cached = NOT_CACHED;

  /** The run with what was sought, and which of its chunks is the current one. */
  private @Nullable ChunkRun run;

  private int runIndex;

  /** What was found since the last seek, to be put into the cache if it becomes a whole run. */
  private ChunkRun.@Nullable Builder found;

  private boolean keeping;
  private boolean mayKeep = true;
  private long soughtFrom;

  /**
   * @param seen of the view
   * @param iterator of the view
   */
  ShardView(
      Engine engine, ReadView.Seen seen, ScanSpec spec, PolicyIterator iterator, ReadView view) {
    this(engine, seen.shard(), spec, iterator, seen, view, true);
  }

  /** Says whether chunks that are found may be kept: only if each is opened that is asked for. */
  ShardView keepingChunks(boolean allowed) {
    mayKeep = allowed;
    return this;
  }

  private ShardView(
      Engine engine,
      Shard shard,
      ScanSpec spec,
      PolicyIterator iterator,
      ReadView.@Nullable Seen seen,
      @Nullable ReadView view,
      boolean withHead) {
    this.seen = seen;
    this.view = view;
    this.withHead = withHead;
    this.engine = engine;
    this.shard = shard;
    this.spec = spec;
    this.iterator = iterator;
  }

  /** A view of the present. */
  static ShardView ofPresent(Engine engine, Shard shard, ScanSpec spec, PolicyIterator iterator) {
    return new ShardView(engine, shard, spec, iterator, null, null, true);
  }

  /** A view of the present that leaves out the rows of the head. */
  static ShardView ofChunks(Engine engine, Shard shard, ScanSpec spec, PolicyIterator iterator) {
    return new ShardView(engine, shard, spec, iterator, null, null, false);
  }

  @Override
  public TimeRange range() {
    long last = shard.bounds().lastNanos();
    return new TimeRange(
        shard.bounds().startNanos(), last == Long.MAX_VALUE ? Long.MAX_VALUE : last + 1);
  }

  @Override
  public boolean mayContain(int seriesId) {
    prepared = false;
    boolean contained =
        seen == null ? shard.index().containsSeries(seriesId) : seen.mayContain(seriesId);
    if (contained) {
      // Now, so that what the scan asks next is at least as new as the iterator.
      prepare(seriesId);
    }
    return contained;
  }

  @Override
  public ChunkIterator chunks() {
    return this;
  }

  @Override
  public List<? extends SortedRows> unsealedRows(int seriesId) {
    prepare(seriesId);
    return unsealed;
  }

  @Override
  public List<Deletion> deletions(int seriesId) {
    prepare(seriesId);
    return deletions;
  }

  /** Whether the scan has come across a chunk that cannot be read. */
  boolean hasSeenDamage() {
    return damageSeen;
  }

  @Override
  public long maxGroupSpanNanos() {
    long span = shard.maxGroupSpanNanos();
    return span < 0 ? Long.MAX_VALUE : span;
  }

  @Override
  public long lastStoredNanos() {
    // Of now, so it holds for all chunks that the iterator sees.
    return shard.lastStoredNanos();
  }

  @Override
  public void damaged(
      int seriesId, int fieldId, long firstTimestampNanos, CorruptChunkException damage) {
    byte[] key =
        ChunkKeys.key(
            shard.policy().id(),
            shard.bounds().startHours(),
            seriesId,
            fieldId,
            firstTimestampNanos,
            0);
    damageSeen = true;
    keeping = false;
    engine.quarantine().add(key, String.valueOf(damage.getMessage()));
  }

  @Override
  public boolean seek(int seriesId, int fieldId, long fromTimestampNanos, long toTimestampNanos) {
    prepare(seriesId);
    soughtSeries = seriesId;
    soughtField = fieldId;
    soughtFrom = fromTimestampNanos;
    soughtTo = toTimestampNanos;
    run = cachedRun();
    if (run != null) {
      runIndex = run.ceiling(fromTimestampNanos);
      return skipRedundant(run);
    }
    beginKeeping();
    return (seekBeyondDamage(fromTimestampNanos) && skipRedundant()) || keep();
  }

  @Override
  public boolean next() {
    if (run != null) {
      runIndex++;
      return skipRedundant(run);
    }
    return (step() && skipRedundant()) || keep();
  }

  private @Nullable ChunkRun cachedRun() {
    long version = view == null ? ChunkCache.NO_VERSION : view.chunkVersion();
    for (ChunkRun each : cached) {
      if (each.covers(soughtField, soughtFrom, soughtTo, version)) {
        return each;
      }
    }
    return null;
  }

  /** Moves on to a chunk of a run that is not redundant; false if there is none. */
  private boolean skipRedundant(ChunkRun of) {
    while (runIndex < of.count() && of.firstTimestampNanos(runIndex) <= soughtTo) {
      if (redundant.isEmpty() || !isRedundant()) {
        return true;
      }
      runIndex++;
    }
    return false;
  }

  private void beginKeeping() {
    keeping =
        mayKeep
            && view != null
            && view.chunkVersion() != ChunkCache.NO_VERSION
            && engine.chunkCache().isAt(view.chunkVersion());
    if (keeping) {
      if (found == null) {
        found = new ChunkRun.Builder();
      }
      found.clear();
    }
  }

  /** Notes the current chunk for the cache, redundant or not. */
  private void note(ChunkRun.Builder into, boolean opened) {
    keeping = into.add(firstTimestampNanos(), sequence(), keySalt, opened, iterator.value());
  }

  /** Puts what was found into the cache, as there is no more of what was sought; always false. */
  private boolean keep() {
    if (keeping && found != null && view != null) {
      // If a later chunk of the series is stored, the run goes.
      long to = soughtTo >= shard.lastStoredNanos() ? Long.MAX_VALUE : soughtTo;
      ChunkRun whole = found.build(soughtField, soughtFrom, to, view.chunkVersion());
      engine.chunkCache().put(shard.cachedChunks(), soughtSeries, whole, view.chunkVersion());
    }
    keeping = false;
    return false;
  }

  @Override
  public long firstTimestampNanos() {
    return run != null
        ? run.firstTimestampNanos(runIndex)
        : ChunkKeys.firstTimestampNanos(iterator.key());
  }

  @Override
  public long sequence() {
    return run != null ? run.sequence(runIndex) : ChunkKeys.sequence(iterator.key());
  }

  @Override
  public long keySalt() {
    return run != null ? run.salt(runIndex) : keySalt;
  }

  @Override
  public byte[] value() {
    if (run != null) {
      return run.value(runIndex);
    }
    return keeping && found != null ? found.lastValue() : iterator.value();
  }

  @Override
  public boolean isOpened() {
    return run != null && run.isOpened(runIndex);
  }

  private void prepare(int seriesId) {
    if (!prepared || preparedSeries != seriesId) {
      if (seen == null || view == null || !prepare(seriesId, seen.tombstones(), view.moment())) {
        prepare(seriesId, shard.tombstones(), Moments.NOW);
      }
      preparedSeries = seriesId;
      prepared = true;
    }
  }

  /** Whether what was read is all of one view. */
  private boolean prepare(int seriesId, List<TombstoneRecord> tombstones, long moment) {
    deletions = Shard.deletions(tombstones, seriesId);
    if (withHead) {
      redundant = shard.head().partials(seriesId);
      unsealed = shard.head().rows(seriesId, spec.fieldIds(), spec.range(), moment);
    }
    boolean ofView = iterator.refresh();
    run = null;
    keeping = false;
    cached = ofView ? shard.cachedChunks().runs(seriesId, engine.chunkCache().round()) : NOT_CACHED;
    return ofView == (moment != Moments.NOW);
  }

  /** Moves on to a chunk that is not redundant; false if there is none of what was sought. */
  private boolean skipRedundant() {
    while (isSought()) {
      boolean wanted = redundant.isEmpty() || !isRedundant();
      if (keeping && found != null) {
        note(found, wanted);
      }
      if (wanted) {
        return true;
      }
      if (!step()) {
        return false;
      }
    }
    return false;
  }

  private boolean step() {
    long first = firstTimestampNanos();
    try {
      return iterator.next();
    } catch (StorageException e) {
      if (e.kind() != StorageException.Kind.CORRUPTION) {
        throw e;
      }
      return first < shard.bounds().lastNanos() && seekBeyondDamage(first + 1);
    }
  }

  /** Moves to the first chunk that can be read at or behind a time, and lists what is passed by. */
  private boolean seekBeyondDamage(long fromNanos) {
    try {
      return iterator.seek(soughtKey(fromNanos));
    } catch (StorageException e) {
      if (e.kind() != StorageException.Kind.CORRUPTION) {
        throw e;
      }
      keeping = false;
      engine.quarantine().add(soughtKey(fromNanos), String.valueOf(e.getMessage()));
      long readable = firstReadable(fromNanos);
      return readable > fromNanos && iterator.seek(soughtKey(readable));
    }
  }

  /**
   * The first time behind a damaged one from where chunks of the sought field can be read; the
   * damaged time if there is none in the shard. Goes in doubling steps, then halves the last.
   */
  private long firstReadable(long damagedNanos) {
    long roomNanos = shard.bounds().lastNanos() - damagedNanos;
    if (roomNanos < 0) {
      roomNanos = Long.MAX_VALUE;
    }
    long damaged = damagedNanos;
    long step = 1;
    while (step > 0 && step <= roomNanos && !isReadable(damagedNanos + step)) {
      damaged = damagedNanos + step;
      step <<= 1;
    }
    if (step <= 0 || step > roomNanos) {
      return damagedNanos;
    }
    long readable = damagedNanos + step;
    while (readable - damaged > 1) {
      long middle = damaged + (readable - damaged) / 2;
      if (isReadable(middle)) {
        readable = middle;
      } else {
        damaged = middle;
      }
    }
    return readable;
  }

  private boolean isReadable(long nanos) {
    try {
      iterator.seek(soughtKey(nanos));
      return true;
    } catch (StorageException e) {
      if (e.kind() != StorageException.Kind.CORRUPTION) {
        throw e;
      }
      return false;
    }
  }

  private byte[] soughtKey(long firstTimestampNanos) {
    return ChunkKeys.key(
        shard.policy().id(),
        shard.bounds().startHours(),
        soughtSeries,
        soughtField,
        firstTimestampNanos,
        0);
  }

  private boolean isRedundant() {
    for (PartialChunk chunk : redundant) {
      if (chunk.sequence() == sequence() && chunk.firstTimestampNanos() == firstTimestampNanos()) {
        return true;
      }
    }
    return false;
  }

  private boolean isSought() {
    byte[] key = iterator.key();
    boolean sought =
        ChunkKeys.fieldId(key) == soughtField
            && ChunkKeys.seriesId(key) == soughtSeries
            && ChunkKeys.shardStartHours(key) == shard.bounds().startHours()
            && ChunkKeys.firstTimestampNanos(key) <= soughtTo;
    if (sought) {
      keySalt = ChunkKeys.salt(key);
    }
    return sought;
  }
}
