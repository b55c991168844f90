package io.varve.storage.kv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Stands between an open store and the device: knows how much of each log has been synced, holds
 * syncs up, and has one fail as RocksDB reports it when the operating system says so.
 */
public final class DeviceLog {
  private static final long LONGEST_WAIT_MILLIS = 60_000;

  private final Path directory;
  private Map<String, Long> syncedBytes;
  private int syncs;
  private boolean held;
  private boolean waiting;
  private @Nullable String failure;

  private DeviceLog(Path directory) {
    this.directory = directory;
    this.syncedBytes = lengths();
  }

  /** Takes what is in the logs now as synced. */
  public static DeviceLog of(KvStore store, Path directory) {
    DeviceLog log = new DeviceLog(directory);
    store.setLogSync(log::sync);
    return log;
  }

  /** Syncs tried. */
  public synchronized int syncs() {
    return syncs;
  }

  /** Lets no sync begin. */
  public synchronized void hold() {
    held = true;
  }

  /** Returns when a sync waits because of {@link #hold}. */
  public synchronized void awaitHeld() throws InterruptedException {
    await(() -> waiting);
  }

  public synchronized void release() {
    held = false;
    notifyAll();
  }

  /** The next sync fails, and those after it succeed: what was to be synced is lost by then. */
  public synchronized void failNext(String systemError) {
    failure = systemError;
  }

  /** Returns when so many syncs have been tried. */
  public synchronized void awaitSyncs(int count) throws InterruptedException {
    await(() -> syncs >= count);
  }

  /** Cuts the logs in a copy of the directory off where they are not synced. */
  public synchronized void cutOff(Path copy) throws IOException {
    for (Path log : logs(copy)) {
      try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
        file.truncate(syncedBytes.getOrDefault(log.getFileName().toString(), 0L));
      }
    }
  }

  private interface Condition {
    boolean holds();
  }

  private synchronized void await(Condition condition) throws InterruptedException {
    long deadline = System.currentTimeMillis() + LONGEST_WAIT_MILLIS;
    while (!condition.holds()) {
      long rest = deadline - System.currentTimeMillis();
      if (rest <= 0) {
        throw new AssertionError("nothing has happened for a minute");
      }
      wait(rest);
    }
  }

  private synchronized void sync(RocksDB db) throws RocksDBException {
    try {
      while (held) {
        waiting = true;
        notifyAll();
        wait();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    waiting = false;
    syncs++;
    notifyAll();
    String failing = failure;
    if (failing != null) {
      failure = null;
      String message = "While fdatasync: 000004.log: " + failing;
      throw new RocksDBException(
          message, new Status(Status.Code.IOError, Status.SubCode.None, message));
    }
    Map<String, Long> written = lengths();
    db.syncWal();
    syncedBytes = written;
  }

  private Map<String, Long> lengths() {
    Map<String, Long> lengths = new TreeMap<>();
    try {
      for (Path log : logs(directory)) {
        lengths.put(log.getFileName().toString(), Files.size(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lengths;
  }

  private static List<Path> logs(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    }
  }
}
