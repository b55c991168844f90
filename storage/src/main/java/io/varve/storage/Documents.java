package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.lifecycle.DocumentRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Small named values that upper layers keep with the data: users, grants, stored queries. The store
 * knows nothing of what they mean. Thread-safe.
 *
 * <p>A change is on disk when the call returns, is part of backups, and costs a sync; those of a
 * {@link Database} go with it, in the same step. All of them are in memory, so they are bounded: a
 * kind by {@link #MAX_KIND_LENGTH}, a name by {@link #MAX_NAME_BYTES}, a value by {@link
 * #MAX_VALUE_BYTES}, and all documents of a store by {@link #MAX_COUNT} and {@link
 * #MAX_TOTAL_BYTES}.
 */
public final class Documents {
  /** Letters, digits, hyphens and underscores of a kind. */
  public static final int MAX_KIND_LENGTH = 32;

  public static final int MAX_NAME_BYTES = 1024;
  public static final int MAX_VALUE_BYTES = 64 << 10;
  public static final int MAX_COUNT = 10_000;
  public static final int MAX_TOTAL_BYTES = 16 << 20;

  private final Engine engine;

  /** Null for those of the store itself. */
  private final @Nullable Database owner;

  /** By kind and name; never changed, only replaced, by the commit thread. */
  private volatile Map<String, SortedMap<String, byte[]>> kinds = Map.of();

  private int count;
  private int bytes;

  Documents(Engine engine, @Nullable Database owner) {
    this.engine = engine;
    this.owner = owner;
  }

  /**
   * All documents of a kind by name, as of now. It is the same object as long as nothing of that
   * kind changes; neither it nor the values may be changed.
   */
  public SortedMap<String, byte[]> list(String kind) {
    return kinds.getOrDefault(kind, Collections.emptySortedMap());
  }

  /** A value, or null; not to be changed. */
  public byte @Nullable [] get(String kind, String name) {
    return list(kind).get(name);
  }

  /**
   * Creates or replaces a document.
   *
   * @throws StorageException of kind USER if a limit is exceeded, or if the database was dropped
   */
  public void put(String kind, String name, byte[] value) {
    check(kind, name, value);
    byte[] own = value.clone();
    engine.administer(admin -> admin.documents().put(this, kind, name, own));
  }

  /** Removes a document; answers whether there was one. */
  public boolean delete(String kind, String name) {
    return engine.administer(admin -> admin.documents().delete(this, kind, name));
  }

  /**
   * Changes a document if it is still as it was, in one step.
   *
   * @param expected null: there is none yet
   * @return whether it was as expected and now is changed
   * @throws StorageException as {@link #put}
   */
  public boolean replace(String kind, String name, byte @Nullable [] expected, byte[] value) {
    check(kind, name, value);
    byte[] own = value.clone();
    return engine.administer(
        admin -> {
          if (!Arrays.equals(get(kind, name), expected)) {
            return false;
          }
          admin.documents().put(this, kind, name, own);
          return true;
        });
  }

  private static void check(String kind, String name, byte[] value) {
    if (kind.isEmpty() || kind.length() > MAX_KIND_LENGTH || !kind.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException("not the name of a kind: " + kind);
    }
    int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (nameBytes == 0 || nameBytes > MAX_NAME_BYTES) {
      throw new StorageException(
          Kind.USER,
          "a name of a " + kind + " has 1 to " + MAX_NAME_BYTES + " bytes, not " + nameBytes);
    }
    if (value.length > MAX_VALUE_BYTES) {
      throw new StorageException(
          Kind.USER,
          "a " + kind + " has at most " + MAX_VALUE_BYTES + " bytes, not " + value.length);
    }
  }

  @Nullable Database owner() {
    return owner;
  }

  /** As the catalogue knows the owner. */
  int ownerId() {
    return owner == null ? 0 : owner.id();
  }

  /** Commit thread. */
  int count() {
    return count;
  }

  /** Of names and values. Commit thread. */
  int bytes() {
    return bytes;
  }

  static int bytesOf(String name, byte[] value) {
    return name.length() + value.length;
  }

  void forEach(BiConsumer<String, String> kindAndName) {
    kinds.forEach((kind, named) -> named.keySet().forEach(name -> kindAndName.accept(kind, name)));
  }

  /** Recovery. */
  void load(DocumentRecord document) {
    set(document.kind(), document.name(), document.value());
  }

  /** Commit thread; null removes. */
  void set(String kind, String name, byte @Nullable [] value) {
    SortedMap<String, byte[]> named = new TreeMap<>(list(kind));
    byte[] before = value == null ? named.remove(name) : named.put(name, value);
    Map<String, SortedMap<String, byte[]>> changed = new HashMap<>(kinds);
    changed.put(kind, Collections.unmodifiableSortedMap(named));
    count += (value == null ? 0 : 1) - (before == null ? 0 : 1);
    bytes +=
        (value == null ? 0 : bytesOf(name, value)) - (before == null ? 0 : bytesOf(name, before));
    kinds = changed;
  }
}
