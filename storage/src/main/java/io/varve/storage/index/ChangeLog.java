package io.varve.storage.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes that are not known to be durable, oldest first. For the writer alone. Bounded by the
 * writer, which drains it with every commit and takes no rows while commits fail.
 */
final class ChangeLog implements IndexChanges {
  private record Change(byte[] key, byte @Nullable [] value) {}

  private final List<Change> pending = new ArrayList<>();
  private int drained;

  @Override
  public void put(byte[] key, byte[] value) {
    pending.add(new Change(key, value));
  }

  @Override
  public void delete(byte[] key) {
    pending.add(new Change(key, null));
  }

  void drain(IndexChanges sink) {
    for (Change change : pending) {
      if (change.value == null) {
        sink.delete(change.key);
      } else {
        sink.put(change.key, change.value);
      }
    }
    drained = pending.size();
  }

  void committed() {
    pending.subList(0, drained).clear();
    drained = 0;
  }

  void failed() {
    drained = 0;
  }
}
