package io.varve.storage;

import io.varve.storage.kv.KvFamily;
import io.varve.storage.kv.KvIterator;
import io.varve.storage.kv.KvStore;
import io.varve.storage.kv.KvTier;
import io.varve.storage.lifecycle.ChunkKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of one policy for one scan: one RocksDB iterator, shared by all shards.
 *
 * <p>Of a view it sees the chunks as of its moment, one iterator for the whole scan.
 *
 * <p>Without one, or with one that was given up, it sees the present. Then a scan sees each row in
 * the head or in a chunk, or in both, but never in neither: it takes the head's rows of a series
 * first and calls {@link #refresh} then. The flusher writes chunks, advances the store's epoch, and
 * only then takes the rows out of the head; so if rows are missing from the head, the epoch has
 * moved on, and the iterator is opened anew.
 *
 * <p>It steps a few keys rather than seek, where that is enough. For one thread.
 */
final class PolicyIterator implements AutoCloseable {
  /** Stepping over so many keys costs about as much as a seek. */
  private static final int MAX_STEPS = 6;

  private final Engine engine;
  private final KvStore kv;
  private final byte[] prefix;
  private final @Nullable ReadView view;
  private @Nullable KvIterator iterator;

  /** Whether the iterator is of the view. */
  private boolean asOfView;

  private long epoch;

  /** The iterator is on the first entry at or behind this key; meaningless before a seek. */
  private byte[] floor = new byte[0];

  private boolean sought;

  /**
   * How many steps the next seek may try: half as many each time they were in vain, one more each
   * time they were not. A scan of one field out of ten has none soon, one of all fields has some.
   */
  private int worthwhileSteps = MAX_STEPS;

  /** Of the present. */
  PolicyIterator(Engine engine, int policyId) {
    this(engine, policyId, null);
  }

  PolicyIterator(Engine engine, int policyId, @Nullable ReadView view) {
    this.engine = engine;
    this.view = view;
    this.kv = engine.kv();
    this.prefix = prefix(policyId);
  }

  /** What the keys of all chunks of a policy begin with. */
  static byte[] prefix(int policyId) {
    return ByteBuffer.allocate(2).putShort((short) policyId).array();
  }

  /**
   * Sees the chunks as of the view, if there is one that is still held, or else every chunk that
   * was stored before this call.
   *
   * @return whether it is as of the view
   */
  boolean refresh() {
    ReadView held = view != null && view.isHeld() ? view : null;
    long now = engine.storeEpoch();
    if (asOfView ? held == null : now != epoch) {
      close();
    }
    if (iterator == null) {
      epoch = now;
      asOfView = held != null;
      sought = false;
      if (!asOfView) {
        iterator = open();
      }
    }
    return asOfView;
  }

  /** As of a view, called when first needed: a scan may find all it wants in the cache. */
  private KvIterator open() {
    KvIterator opened = asOfView && view != null ? iterator(view) : null;
    asOfView = opened != null;
    return opened == null
        ? kv.iterator(KvFamily.CHUNK, null, tier(), prefix, ChunkKeys.successor(prefix))
        : opened;
  }

  private KvTier tier() {
    return view == null ? KvTier.FILES : view.tier();
  }

  /** Null if the view has been given up just now. */
  private @Nullable KvIterator iterator(ReadView held) {
    try {
      return held.chunks(prefix);
    } catch (StorageException e) {
      if (held.isHeld()) {
        throw e;
      }
      return null;
    }
  }

  /** Moves to the first chunk at or behind the key, and keeps the array; false if there is none. */
  boolean seek(byte[] target) {
    boolean ahead = sought && Arrays.compareUnsigned(floor, target) <= 0;
    sought = false;
    boolean found;
    try {
      KvIterator at = current();
      found = (ahead && step(at, target)) || at.seek(target);
    } catch (StorageException e) {
      found = another(e).seek(target);
    }
    floor = target;
    sought = true;
    return found;
  }

  /** Moves to the next chunk; there must be a current one. */
  boolean next() {
    KvIterator at = current();
    if (floor.length == at.keyLength()) {
      System.arraycopy(at.key(), 0, floor, 0, floor.length);
    } else {
      floor = Arrays.copyOf(at.key(), at.keyLength());
    }
    sought = false;
    boolean found;
    try {
      found = at.next();
    } catch (StorageException e) {
      found = another(e).seek(Arrays.copyOf(floor, floor.length + 1));
    }
    sought = true;
    return found;
  }

  /** The current key; its first {@link ChunkKeys#BYTES} bytes count, until the next move. */
  byte[] key() {
    return current().key();
  }

  /** A copy of the current value. */
  byte[] value() {
    KvIterator at = current();
    try {
      return Arrays.copyOf(at.value(), at.valueLength());
    } catch (StorageException e) {
      byte[] wanted = Arrays.copyOf(at.key(), at.keyLength());
      KvIterator again = another(e);
      if (!again.seek(wanted)
          || !Arrays.equals(again.key(), 0, again.keyLength(), wanted, 0, wanted.length)) {
        throw e;
      }
      return Arrays.copyOf(again.value(), again.valueLength());
    }
  }

  @Override
  public void close() {
    if (iterator != null) {
      iterator.close();
      iterator = null;
    }
  }

  private boolean step(KvIterator at, byte[] target) {
    boolean valid = at.isValid();
    for (int i = 0; valid; i++) {
      if (Arrays.compareUnsigned(at.key(), 0, at.keyLength(), target, 0, target.length) >= 0) {
        worthwhileSteps = Math.min(MAX_STEPS, worthwhileSteps + 1);
        return true;
      }
      if (i == worthwhileSteps) {
        worthwhileSteps >>= 1;
        return false;
      }
      valid = at.next();
    }
    return false;
  }

  /**
   * An iterator to try again with: a new one if the files were reopened under this one; the same if
   * stepping met damage, as a seek may pass it by.
   */
  private KvIterator another(StorageException problem) {
    if (problem.kind() == StorageException.Kind.UNAVAILABLE && kv.isOpen()) {
      close();
    } else if (problem.kind() != StorageException.Kind.CORRUPTION) {
      throw problem;
    }
    return current();
  }

  private KvIterator current() {
    KvIterator at = iterator;
    if (at == null) {
      at = open();
      iterator = at;
    }
    return at;
  }
}
