package io.varve.bench.compare;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What one connection sends: bodies, one behind the other in a file, with the rows of some hosts.
 */
record Lane(Path file, List<Batch> batches) {
  /** One body. */
  record Batch(long offset, int length, int rows, int values) {}

  FileChannel open() throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  long values() {
    return batches.stream().mapToLong(Batch::values).sum();
  }

  long bytes() {
    return batches.stream().mapToLong(Batch::length).sum();
  }
}
