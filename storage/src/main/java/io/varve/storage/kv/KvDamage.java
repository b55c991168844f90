package io.varve.storage.kv;

import io.varve.storage.StorageException;
import io.varve.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What looking at the files of a store shows before RocksDB opens, and perhaps replaces, them.
 *
 * @param lostLogRecords log records that the replay does not reach: the damaged one and the whole
 *     ones behind it, in this log and those after it, or none if none are behind it, as at the end
 *     of a log after a crash; one more if the list of files does not end as it should
 * @param log the damaged log file, if any
 */
record KvDamage(int lostLogRecords, @Nullable Path log) {
  private static final Logger LOG = LoggerFactory.getLogger(KvDamage.class);

  /** Where damaged logs are kept; RocksDB deletes its own after the replay. */
  private static final String KEPT = "damaged";

  /**
   * Looks at a directory, whose lock the caller holds, and cuts the newest log off where it is
   * torn.
   *
   * @throws StorageException of kind CORRUPTION if RocksDB would take it for an empty one, and
   *     begin anew, though it is not
   */
  static KvDamage lookAt(Path directory) {
    try {
      List<Path> files;
      try (Stream<Path> listed = Files.list(directory)) {
        files = listed.sorted().toList();
      }
      Path current = directory.resolve("CURRENT");
      if (!Files.exists(current)
          && files.stream().anyMatch(file -> isNamed(file, "MANIFEST-", "") || isTable(file))) {
        throw new StorageException(
            Kind.CORRUPTION, "data directory " + directory + " has data but no file CURRENT");
      }
      Path newestLog =
          files.stream()
              .filter(file -> isNamed(file, "", ".log"))
              .reduce((older, newer) -> newer)
              .orElse(null);
      int cutOff = 0;
      for (Path file : files) {
        if (isNamed(file, "MANIFEST-", "") && isDamaged(file)) {
          // So ends the list of files when power fails while it grows; nothing is missing then.
          // But if its end was there once, tables that it named are deleted now: keep them.
          LOG.error("the end of {} is damaged; what it names is kept in {}", file, KEPT);
          cutOff = 1;
          for (Path other : files) {
            if (other.equals(file) || isTable(other)) {
              keep(other);
            }
          }
        }
      }
      KvDamage logs =
          lookAtLogs(files.stream().filter(file -> isNamed(file, "", ".log")).toList(), newestLog);
      return new KvDamage(cutOff + logs.lostLogRecords(), logs.log());
    } catch (IOException e) {
      throw new StorageException(
          Kind.UNAVAILABLE, "cannot look at data directory " + directory + ": " + e, e);
    }
  }

  private static boolean isDamaged(Path manifest) throws IOException {
    KvLogScan scan = KvLogScan.of(manifest);
    ensureReplayEnds(manifest, scan);
    return !scan.endsWhole();
  }

  /**
   * @param logs in the order they were written
   */
  private static KvDamage lookAtLogs(List<Path> logs, @Nullable Path newest) throws IOException {
    Path damaged = null;
    KvLogScan before = null;
    int lost = 0;
    for (Path log : logs) {
      KvLogScan scan = KvLogScan.of(log);
      if (before != null && before.nextChange() == scan.firstChange()) {
        // What could not be read was written again here: RocksDB goes on.
        before = null;
        damaged = null;
      }
      if (before != null) {
        lost += scan.records();
        keep(log);
      } else if (scan.damagedAt() >= 0) {
        damaged = log;
        before = scan;
        lost = scan.recordsBehind();
        if (lost > 0 || !log.equals(newest)) {
          keep(log);
        }
      }
      if (scan.damagedAt() >= 0 && log.equals(newest)) {
        // RocksDB would replay up to here and no further, but 11.8 does not always come to an end
        // with the rubbish behind it.
        truncate(log, scan.damagedAt());
      } else {
        ensureReplayEnds(log, scan);
      }
    }
    if (damaged == null || before == null || lost == 0) {
      return new KvDamage(0, null);
    }
    LOG.error(
        "log {} is damaged at byte {}: {} records behind it are not replayed; kept in {}",
        damaged,
        before.damagedAt(),
        lost,
        KEPT);
    // And the one that cannot be read.
    return new KvDamage(lost + 1, damaged);
  }

  private static void ensureReplayEnds(Path file, KvLogScan scan) {
    if (scan.stallsReplay()) {
      throw new StorageException(
          Kind.CORRUPTION, file + " is damaged; cut it off at byte " + scan.damagedAt());
    }
  }

  /** Gives up copies of tables that are in use after all. */
  static void forgetTables(Path directory, Set<String> live) {
    Path kept = directory.resolve(KEPT);
    if (!Files.isDirectory(kept)) {
      return;
    }
    try {
      for (String table : live) {
        Files.deleteIfExists(kept.resolve(table));
      }
    } catch (IOException e) {
      LOG.warn("cannot delete from {}", kept, e);
    }
  }

  private static void truncate(Path log, long lengthBytes) throws IOException {
    try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
      file.truncate(lengthBytes);
      file.force(true);
    }
    LOG.info("log {} ended in the middle of a record; cut off at byte {}", log, lengthBytes);
  }

  private static void keep(Path file) throws IOException {
    Path kept = file.resolveSibling(KEPT);
    Files.createDirectories(kept);
    Path copy = kept.resolve(file.getFileName());
    if (Files.exists(copy)) {
      return;
    }
    if (isTable(file)) {
      // Never changed: another name for it will do.
      Files.createLink(copy, file);
    } else {
      Files.copy(file, copy);
    }
  }

  private static boolean isTable(Path file) {
    return isNamed(file, "", ".sst");
  }

  private static boolean isNamed(Path file, String start, String end) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(start) && name.endsWith(end);
  }
}
