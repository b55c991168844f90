package io.varve.storage.kv;

import io.varve.storage.StorageException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies what can be read of a store to a new one.
 *
 * <p>Chunks and log records in damaged blocks are passed by; the rest of the families must be
 * whole. Where a chunk cannot be read, the key from which on reading goes well again is sought in
 * doubling steps, then by halving: some hundred reads of one block. Chunks that lie between two
 * damaged blocks close to each other may be passed by with them.
 */
public final class KvSalvage {
  private static final Logger LOG = LoggerFactory.getLogger(KvSalvage.class);
  private static final long MAX_BATCH_BYTES = 1 << 20;

  /** Keys are taken for numbers of so many bytes; no key of a family with damage is longer. */
  private static final int KEY_BYTES = 32;

  private final KvStore target;
  private long gaps;

  private KvSalvage(KvStore target) {
    this.target = target;
  }

  /**
   * Copies a store that nobody has open.
   *
   * @param to a directory that is empty or does not exist
   * @return how many times something could not be read
   * @throws StorageException of kind CORRUPTION if the catalogue or an index is damaged
   */
  public static long copy(Path from, Path to, KvOptions options) {
    RocksDB.loadLibrary();
    DirectoryLock lock = DirectoryLock.of(from);
    try {
      long lostLogRecords = KvDamage.lookAt(from).lostLogRecords();
      try (KvStore target = KvStore.open(to, options)) {
        KvSalvage salvage = new KvSalvage(target);
        salvage.copyFrom(from, options);
        for (KvFamily family : KvFamily.values()) {
          target.flush(family);
        }
        return salvage.gaps + lostLogRecords;
      }
    } finally {
      lock.close();
    }
  }

  private void copyFrom(Path from, KvOptions options) {
    try (KvTuning tuning = new KvTuning(options)) {
      // Not paranoid: a table that is missing or cut off is a gap.
      DBOptions database = tuning.database().setParanoidChecks(false);
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (KvFamily family : KvFamily.values()) {
        descriptors.add(new ColumnFamilyDescriptor(family.nameBytes(), tuning.family(family)));
      }
      List<ColumnFamilyHandle> opened = new ArrayList<>();
      try (RocksDB db = RocksDB.openReadOnly(database, from.toString(), descriptors, opened);
          ReadOptions read = new ReadOptions().setFillCache(false)) {
        try {
          int handle = 0;
          for (KvFamily family : KvFamily.values()) {
            try (RocksIterator entries = db.newIterator(opened.get(handle++), read)) {
              copy(family, entries);
            }
          }
        } finally {
          opened.forEach(ColumnFamilyHandle::close);
        }
      } catch (RocksDBException e) {
        throw KvErrors.translateOpen(from, e);
      }
    }
  }

  private void copy(KvFamily family, RocksIterator entries) throws RocksDBException {
    boolean mayMiss = family == KvFamily.CHUNK || family == KvFamily.RAW;
    byte[] reached = {};
    boolean inGap = false;
    try (KvBatch batch = target.newBatch()) {
      entries.seekToFirst();
      while (true) {
        if (entries.isValid()) {
          reached = entries.key();
          inGap = false;
          batch.put(family, reached, entries.value());
          if (batch.sizeBytes() >= MAX_BATCH_BYTES) {
            target.write(batch, false);
            batch.clear();
          }
          entries.next();
          continue;
        }
        RocksDBException damage = problem(entries);
        if (damage == null) {
          break;
        }
        if (!mayMiss) {
          throw damage;
        }
        if (!inGap) {
          gaps++;
          LOG.warn("behind {} {}: {}", family, Arrays.toString(reached), damage.getMessage());
        }
        // From where the last attempt got to: a seek may go well and yet be in vain.
        inGap = true;
        byte[] next = firstReadable(entries, reached);
        if (next == null) {
          break;
        }
        reached = next;
        entries.seek(next);
      }
      target.write(batch, false);
    }
  }

  /** The first key behind one from where on entries can be read; null if there is none. */
  private static byte @Nullable [] firstReadable(RocksIterator entries, byte[] last) {
    BigInteger damaged = new BigInteger(1, Arrays.copyOf(last, KEY_BYTES));
    BigInteger step = BigInteger.ONE;
    BigInteger readable = damaged.add(step);
    while (readable.bitLength() <= KEY_BYTES * Byte.SIZE && !isReadable(entries, readable)) {
      damaged = readable;
      step = step.shiftLeft(1);
      readable = damaged.add(step);
    }
    if (readable.bitLength() > KEY_BYTES * Byte.SIZE) {
      return null;
    }
    while (readable.subtract(damaged).bitLength() > 1) {
      BigInteger middle = damaged.add(readable).shiftRight(1);
      if (isReadable(entries, middle)) {
        readable = middle;
      } else {
        damaged = middle;
      }
    }
    return bytes(readable);
  }

  private static boolean isReadable(RocksIterator entries, BigInteger key) {
    entries.seek(bytes(key));
    return problem(entries) == null;
  }

  /** The number as a key, without the zero byte or with those that a number has or lacks. */
  private static byte[] bytes(BigInteger key) {
    byte[] number = key.toByteArray();
    byte[] bytes = new byte[KEY_BYTES];
    int length = Math.min(number.length, KEY_BYTES);
    System.arraycopy(number, number.length - length, bytes, KEY_BYTES - length, length);
    return bytes;
  }

  private static @Nullable RocksDBException problem(RocksIterator entries) {
    try {
      entries.status();
      return null;
    } catch (RocksDBException e) {
      return e;
    }
  }
}
