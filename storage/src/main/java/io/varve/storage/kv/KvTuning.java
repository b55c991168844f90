package io.varve.storage.kv;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Properties;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.HyperClockCache;
import org.rocksdb.IndexType;
import org.rocksdb.RocksObject;
import org.rocksdb.SstPartitionerFixedPrefixFactory;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/**
 * The options a store is opened with, and the native objects they consist of.
 *
 * <p>One budget: memtables are charged to the block cache, whose capacity is the budget. Index and
 * filter blocks live in the cache too. The cache is not strict: it may exceed its capacity for the
 * moment rather than fail a read.
 *
 * <p>Families differ in what they hold: the log is written once and deleted before it is worth
 * compacting; chunks are small, compress in blocks of 32 KiB and are only ever scanned, so they
 * need no filter; index entries are looked up one by one, so they have one.
 */
final class KvTuning implements AutoCloseable {
  private static final long MIB = 1L << 20;
  private static final Duration BOTTOMMOST_COMPACTION_DELAY = Duration.ofDays(30);

  private final KvOptions options;
  private final Deque<RocksObject> owned = new ArrayDeque<>();
  private final HyperClockCache cache;
  private final WriteBufferManager memtables;

  KvTuning(KvOptions options) {
    this.options = options;
    cache = own(new HyperClockCache(options.memoryBytes(), 32 << 10, -1, false));
    memtables = own(new WriteBufferManager(options.memtableBytes(), cache, false));
  }

  DBOptions database() {
    return own(new DBOptions())
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setParanoidChecks(true)
        .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
        // An idle family must not keep old log files alive for ever.
        .setMaxTotalWalSize(Math.max(64 * MIB, 4 * options.rawMemtableBytes()))
        .setRecycleLogFileNum(0)
        .setWalBytesPerSync(0)
        .setBytesPerSync(MIB)
        .setMaxBackgroundJobs(options.backgroundJobs())
        .setAvoidUnnecessaryBlockingIO(true)
        .setWriteBufferManager(memtables)
        .setMaxLogFileSize(10 * MIB)
        .setKeepLogFileNum(3)
        .setStatsDumpPeriodSec(0);
  }

  ColumnFamilyOptions family(KvFamily family) {
    ColumnFamilyOptions result =
        own(familyDefaults())
            .setLevelZeroSlowdownWritesTrigger(20)
            .setLevelZeroStopWritesTrigger(36);
    return switch (family) {
      case META ->
          result
              .setWriteBufferSize(MIB)
              .setCompressionType(CompressionType.NO_COMPRESSION)
              .setTableFormatConfig(table(4 << 10));
      case RAW ->
          result
              .setWriteBufferSize(options.rawMemtableBytes())
              .setCompressionType(CompressionType.NO_COMPRESSION)
              .setCompactionStyle(CompactionStyle.UNIVERSAL)
              .setTableFormatConfig(table(64 << 10));
      case CHUNK ->
          zstd(result)
              .setWriteBufferSize(Math.min(64 * MIB, options.memtableBytes() / 4))
              .setMaxWriteBufferNumber(3)
              .setTargetFileSizeBase(64 * MIB)
              .setMaxBytesForLevelBase(256 * MIB)
              .setLevelCompactionDynamicLevelBytes(true)
              .setSstPartitionerFactory(
                  own(new SstPartitionerFixedPrefixFactory(options.chunkPrefixBytes())))
              .setTableFormatConfig(table(32 << 10));
      case INDEX ->
          zstd(result)
              .setWriteBufferSize(Math.min(16 * MIB, options.memtableBytes() / 8))
              .setLevelCompactionDynamicLevelBytes(true)
              .setTableFormatConfig(table(16 << 10).setFilterPolicy(own(new BloomFilter(10))));
    };
  }

  /**
   * Defaults, but that the release of a snapshot, as every reader has one, does not make RocksDB
   * rewrite files for the deletes in them: the shard compactor does that, and it would read blocks
   * that nobody has asked for. There is no setter for it in Java.
   */
  private static ColumnFamilyOptions familyDefaults() {
    Properties properties = new Properties();
    properties.setProperty(
        "bottommost_file_compaction_delay",
        String.valueOf(BOTTOMMOST_COMPACTION_DELAY.toSeconds()));
    ColumnFamilyOptions defaults = ColumnFamilyOptions.getColumnFamilyOptionsFromProps(properties);
    if (defaults == null) {
      throw new IllegalStateException("RocksDB does not know " + properties);
    }
    return defaults;
  }

  /** Native memory in use for cached blocks and memtables. */
  long cacheUsageBytes() {
    return cache.getUsage();
  }

  /** Frees everything in reverse order of creation. */
  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }

  private ColumnFamilyOptions zstd(ColumnFamilyOptions family) {
    return family
        .setCompressionType(CompressionType.ZSTD_COMPRESSION)
        .setCompressionOptions(own(new CompressionOptions()).setLevel(1));
  }

  private BlockBasedTableConfig table(int blockBytes) {
    return new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setBlockSize(blockBytes)
        .setChecksumType(ChecksumType.kXXH3)
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinTopLevelIndexAndFilter(true)
        .setIndexType(IndexType.kTwoLevelIndexSearch)
        .setPartitionFilters(true)
        .setMetadataBlockSize(4 << 10)
        // Fixed, not the library's newest, so that its next release does not change our files.
        .setFormatVersion(6);
  }

  private <T extends RocksObject> T own(T object) {
    owned.push(object);
    return object;
  }
}
