package io.varve.storage.kv;

import io.varve.storage.StorageException;
import io.varve.storage.StorageException.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says in our words what RocksDB reported. */
final class KvErrors {
  private KvErrors() {}

  static StorageException translate(String action, RocksDBException cause) {
    Status status = cause.getStatus();
    Kind kind = Kind.UNAVAILABLE;
    if (status != null && status.getCode() == Status.Code.Corruption) {
      kind = Kind.CORRUPTION;
    } else if (isOutOfSpace(status, cause.getMessage())) {
      kind = Kind.RESOURCES;
    }
    return new StorageException(kind, "cannot " + action + ": " + oneLine(cause), cause);
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

  private static boolean isOutOfSpace(@Nullable Status status, @Nullable String message) {
    return (status != null && status.getSubCode() == Status.SubCode.NoSpace)
        || (message != null && message.contains("No space left on device"));
  }

  private static String oneLine(RocksDBException cause) {
    String message = cause.getMessage();
    return message == null ? String.valueOf(cause.getStatus()) : message.replace('\n', ' ');
  }
}
