package io.varve.storage.kv;

import io.varve.storage.StorageException;
import io.varve.storage.StorageException.Kind;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says in our words what RocksDB reported. */
final class KvErrors {
  private static final Pattern TABLE = Pattern.compile("([0-9]+\\.sst)");

  private KvErrors() {}

  static StorageException translate(String action, RocksDBException cause) {
    Status status = cause.getStatus();
    Kind kind = Kind.UNAVAILABLE;
    boolean missing = oneLine(cause).contains("No such file");
    if (missing || (status != null && status.getCode() == Status.Code.Corruption)) {
      kind = Kind.CORRUPTION;
    } else if (isNotInMemory(status) || (isOutOfSpace(cause) && !isSync(oneLine(cause)))) {
      kind = Kind.RESOURCES;
    }
    return new StorageException(kind, "cannot " + action + ": " + oneLine(cause), cause);
  }

  /** As {@link #translate}; files that contradict each other or are missing are corruption too. */
  static StorageException translateOpen(Path directory, RocksDBException cause) {
    StorageException translated = translate("open data directory " + directory, cause);
    Status status = cause.getStatus();
    boolean contradictory =
        status != null
            && (status.getCode() == Status.Code.InvalidArgument
                || status.getCode() == Status.Code.NotFound
                || status.getCode() == Status.Code.NotSupported);
    return contradictory
        ? new StorageException(Kind.CORRUPTION, String.valueOf(translated.getMessage()), cause)
        : translated;
  }

  /** The name of the table that a message says is damaged, or null. */
  static @Nullable String tableIn(String message) {
    Matcher matcher = TABLE.matcher(message);
    return matcher.find() ? matcher.group(1) : null;
  }

  /** Whether opening failed because somebody holds the directory's lock. */
  static boolean isLocked(RocksDBException cause) {
    String text = oneLine(cause).toLowerCase(Locale.ROOT);
    return text.contains("lock") && (text.contains("unavailable") || isLockedByUs(cause));
  }

  /** Whether the holder of the directory's lock is this very process. */
  static boolean isLockedByUs(RocksDBException cause) {
    return oneLine(cause).contains("lock hold by current process");
  }

  /** Whether the file system is full. */
  static boolean isNoSpace(RocksDBException cause) {
    Status status = cause.getStatus();
    return (status != null && status.getSubCode() == Status.SubCode.NoSpace)
        || oneLine(cause).contains("No space left on device");
  }

  /** Whether a read of {@link KvTier#MEMORY} would have had to go to a file. */
  private static boolean isNotInMemory(@Nullable Status status) {
    return status != null && status.getCode() == Status.Code.Incomplete;
  }

  /** A full file system, a used-up quota, or a limit on the size of files. */
  private static boolean isOutOfSpace(RocksDBException cause) {
    String message = oneLine(cause);
    return isNoSpace(cause)
        || message.contains("Disk quota exceeded")
        || message.contains("File too large");
  }

  /** After a failed sync nobody knows what the device has: no mere lack of space. */
  private static boolean isSync(String message) {
    return message.contains("While fdatasync")
        || message.contains("While fsync")
        || message.contains("sync_file_range");
  }

  private static String oneLine(RocksDBException cause) {
    String message = cause.getMessage();
    return message == null ? String.valueOf(cause.getStatus()) : message.replace('\n', ' ');
  }
}
