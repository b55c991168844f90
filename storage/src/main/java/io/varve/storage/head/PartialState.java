package io.varve.storage.head;

import org.jspecify.annotations.Nullable;

/** Remembers, through all changes of a slab's form, what checkpoints have stored of its rows. */
final class PartialState {
  /** Null until a checkpoint has stored something. Guarded by the monitor of the series. */
  @Nullable PartialChunk stored;
}
