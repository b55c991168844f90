package io.varve.storage;

import io.varve.storage.lifecycle.ShardBounds;
import io.varve.storage.model.RetentionPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A retention policy and its shards. Changed by the commit thread only; readers see each change as
 * a whole.
 */
final class PolicyState {
  private final int id;
  private final Database database;
  private volatile RetentionPolicy policy;
  private volatile boolean dropped;

  /** By start, disjoint; the array is never changed. */
  private volatile Shard[] shards = new Shard[0];

  PolicyState(int id, Database database, RetentionPolicy policy) {
    this.id = id;
    this.database = database;
    this.policy = policy;
  }

  int id() {
    return id;
  }

  Database database() {
    return database;
  }

  RetentionPolicy policy() {
    return policy;
  }

  boolean isDropped() {
    return dropped;
  }

  void markDropped() {
    dropped = true;
    shards().forEach(Shard::markDropped);
  }

  /** The exception for those who come after {@link #markDropped}. */
  StorageException notFound() {
    String what =
        database.isDropped()
            ? "database not found: " + database.name()
            : "retention policy not found: " + policy.name();
    return new StorageException(StorageException.Kind.USER, what);
  }

  void alter(RetentionPolicy changed) {
    policy = changed;
  }

  /** All shards by start; not to be changed. */
  List<Shard> shards() {
    return Arrays.asList(shards);
  }

  /** The shard that holds a time, or null if there is none yet. */
  @Nullable Shard find(long timestampNanos) {
    Shard[] all = shards;
    int at = position(all, ShardBounds.hourOf(timestampNanos));
    return at >= 0 && all[at].bounds().contains(timestampNanos) ? all[at] : null;
  }

  /** The shard that starts at this hour, or null. */
  @Nullable Shard findByStart(int startHours) {
    Shard[] all = shards;
    int at = position(all, startHours);
    return at >= 0 && all[at].bounds().startHours() == startHours ? all[at] : null;
  }

  /**
   * The bounds that a new shard for a time without one gets: cut where existing shards, perhaps of
   * another length, begin and end.
   */
  ShardBounds boundsFor(long timestampNanos) {
    Shard[] all = shards;
    int at = position(all, ShardBounds.hourOf(timestampNanos));
    int start = at >= 0 ? all[at].bounds().endHours() : Integer.MIN_VALUE;
    int end = at + 1 < all.length ? all[at + 1].bounds().startHours() : Integer.MAX_VALUE;
    return ShardBounds.of(timestampNanos, policy).clip(start, end);
  }

  void add(Shard shard) {
    List<Shard> changed = new ArrayList<>(shards());
    changed.add(position(shards, shard.bounds().startHours()) + 1, shard);
    shards = changed.toArray(Shard[]::new);
  }

  void remove(Shard shard) {
    List<Shard> changed = new ArrayList<>(shards());
    changed.remove(shard);
    shards = changed.toArray(Shard[]::new);
  }

  /** The last shard that starts at or before the hour, or -1. */
  private static int position(Shard[] all, int hour) {
    int low = 0;
    int high = all.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (all[middle].bounds().startHours() <= hour) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }
}
