package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.kv.KvSalvage;
import io.varve.storage.kv.KvStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies whole stores; see {@link Varve#backup}, {@link Varve#restore} and {@link Varve#salvage}.
 */
final class Backup {
  private Backup() {}

  static void make(KvStore kv, Path target) {
    ensureAbsent(target);
    kv.checkpoint(target);
  }

  static void restore(Path backup, Path directory) {
    if (!Files.exists(backup.resolve("CURRENT"))) {
      throw new StorageException(Kind.USER, "there is no backup in " + backup);
    }
    fill(
        directory,
        ".restoring",
        draft -> {
          Files.createDirectory(draft);
          for (Path file : files(backup)) {
            Path copy = draft.resolve(file.getFileName());
            Files.copy(file, copy);
            sync(copy);
          }
        });
  }

  static long salvage(Path damaged, Path directory) {
    if (!Files.isDirectory(damaged)) {
      throw new StorageException(Kind.USER, "there is no store in " + damaged);
    }
    long[] gaps = new long[1];
    fill(
        directory,
        ".salvaging",
        draft ->
            gaps[0] = KvSalvage.copy(damaged, draft, Budgets.of(VarveOptions.defaults()).kv()));
    return gaps[0];
  }

  /** What puts a store into a directory. */
  private interface Filler {
    void fill(Path draft) throws IOException;
  }

  /** Has a store made, opens it once, and shows it when all of it is on the device. */
  private static void fill(Path directory, String suffix, Filler filler) {
    ensureAbsent(directory);
    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null) {
      throw new StorageException(Kind.USER, "cannot make a store of " + directory);
    }
    Path draft = parent.resolve(directory.getFileName() + suffix);
    ensureAbsent(draft);
    try {
      filler.fill(draft);
      Varve.open(draft).close();
      for (Path file : files(draft)) {
        sync(file);
      }
      sync(draft);
      Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
      sync(parent);
    } catch (IOException e) {
      throw new StorageException(Kind.UNAVAILABLE, "cannot make a store in " + draft + ": " + e, e);
    }
  }

  private static void ensureAbsent(Path directory) {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new StorageException(Kind.USER, directory + " exists already");
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> listed = Files.list(directory)) {
      return listed.filter(Files::isRegularFile).toList();
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
