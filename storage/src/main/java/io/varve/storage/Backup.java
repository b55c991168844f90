package io.varve.storage;

import io.varve.storage.StorageException.Kind;
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

/** Copies whole stores; see {@link Varve#backup} and {@link Varve#restore}. */
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
    ensureAbsent(directory);
    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null) {
      throw new StorageException(Kind.USER, "cannot restore to " + directory);
    }
    Path draft = parent.resolve(directory.getFileName() + ".restoring");
    ensureAbsent(draft);
    try {
      Files.createDirectory(draft);
      for (Path file : files(backup)) {
        Path copy = draft.resolve(file.getFileName());
        Files.copy(file, copy);
        sync(copy);
      }
      Varve.open(draft).close();
      for (Path file : files(draft)) {
        sync(file);
      }
      sync(draft);
      Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
      sync(parent);
    } catch (IOException e) {
      throw new StorageException(
          Kind.UNAVAILABLE, "cannot restore " + backup + " to " + directory + ": " + e, e);
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
