package io.varve.storage.kv;

import io.varve.storage.StorageException;
import io.varve.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a data directory for one open store, from before its files are looked at until after they
 * are closed. RocksDB has a lock of its own, but takes it only when it opens. The system releases
 * the lock of a process that dies.
 */
final class DirectoryLock implements AutoCloseable {
  private static final String FILE = "varve.lock";

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws StorageException of kind UNAVAILABLE if somebody has the directory
   */
  static DirectoryLock of(Path directory) {
    try {
      FileChannel channel =
          FileChannel.open(
              directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      String holder = "another process";
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return new DirectoryLock(channel);
        }
      } catch (OverlappingFileLockException e) {
        holder = "this process already";
      }
      channel.close();
      throw new StorageException(
          Kind.UNAVAILABLE, "data directory " + directory + " is in use by " + holder);
    } catch (IOException e) {
      throw new StorageException(
          Kind.UNAVAILABLE, "cannot lock data directory " + directory + ": " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StorageException(Kind.UNAVAILABLE, "cannot release the lock of a store: " + e, e);
    }
  }
}
