package io.varve.storage.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvStoreTest {
  private static final KvOptions OPTIONS = new KvOptions(KvOptions.MIN_MEMORY_BYTES, 6, 2);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  @Test
  void readsBackAfterReopening() {
    try (KvStore store = KvStore.open(directory, OPTIONS);
        KvBatch batch = store.newBatch()) {
      batch.put(KvFamily.META, bytes("a"), bytes("1"));
      batch.put(KvFamily.CHUNK, bytes("aaaaaaaa"), bytes("2"));
      store.write(batch, true);
    }
    try (KvStore store = KvStore.open(directory, OPTIONS)) {
      assertThat(store.get(KvFamily.META, bytes("a"))).isEqualTo(bytes("1"));
      assertThat(store.get(KvFamily.CHUNK, bytes("aaaaaaaa"))).isEqualTo(bytes("2"));
      assertThat(store.get(KvFamily.RAW, bytes("a"))).isNull();
    }
  }

  @Test
  void walksBetweenBoundsInBothDirections() {
    try (KvStore store = KvStore.open(directory, OPTIONS)) {
      fill(store, 10);
      try (KvIterator iterator = store.iterator(KvFamily.RAW, null, key(2), key(5))) {
        assertThat(iterator.seekFirst()).isTrue();
        assertThat(Arrays.copyOf(iterator.key(), iterator.keyLength())).isEqualTo(key(2));
        assertThat(iterator.next()).isTrue();
        assertThat(iterator.next()).isTrue();
        assertThat(iterator.next()).isFalse();
        assertThat(iterator.seekLast()).isTrue();
        assertThat(Arrays.copyOf(iterator.value(), iterator.valueLength())).isEqualTo(value(4));
        assertThat(iterator.previous()).isTrue();
        assertThat(iterator.seekForPrevious(key(3))).isTrue();
        assertThat(Arrays.copyOf(iterator.key(), iterator.keyLength())).isEqualTo(key(3));
        assertThat(iterator.seek(key(7))).isFalse();
      }
    }
  }

  @Test
  void growsItsBuffersToTheSizeOfKeysAndValues() {
    byte[] longKey = new byte[5000];
    byte[] longValue = new byte[300_000];
    Arrays.fill(longKey, (byte) 7);
    Arrays.fill(longValue, (byte) 9);
    try (KvStore store = KvStore.open(directory, OPTIONS)) {
      try (KvBatch batch = store.newBatch()) {
        batch.put(KvFamily.INDEX, longKey, longValue);
        store.write(batch, false);
      }
      try (KvIterator iterator = store.iterator(KvFamily.INDEX, null, null, null)) {
        assertThat(iterator.seekFirst()).isTrue();
        assertThat(Arrays.copyOf(iterator.key(), iterator.keyLength())).isEqualTo(longKey);
        assertThat(Arrays.copyOf(iterator.value(), iterator.valueLength())).isEqualTo(longValue);
      }
    }
  }

  @Test
  void keepsWhatASnapshotSaw() {
    try (KvStore store = KvStore.open(directory, OPTIONS)) {
      fill(store, 3);
      try (KvSnapshot snapshot = store.snapshot()) {
        fill(store, 5);
        assertThat(count(store, snapshot)).isEqualTo(3);
      }
      assertThat(count(store, null)).isEqualTo(5);
    }
  }

  @Test
  void findsInMemoryWhatIsInMemtablesAndCachedBlocksOnly() {
    try (KvStore store = KvStore.open(directory, OPTIONS)) {
      fill(store, 10);
      assertThat(countInMemory(store)).isEqualTo(10);
      store.flush(KvFamily.RAW);
    }
    try (KvStore store = KvStore.open(directory, OPTIONS)) {
      assertThatThrownBy(() -> countInMemory(store))
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.RESOURCES));
      assertThat(count(store, null)).isEqualTo(10);
      assertThat(countInMemory(store)).isEqualTo(10);
    }
  }

  private static int countInMemory(KvStore store) {
    try (KvIterator iterator = store.iterator(KvFamily.RAW, null, KvTier.MEMORY, null, null)) {
      return count(iterator);
    }
  }

  @Test
  void refusesADirectoryThatIsInUse() {
    try (KvStore store = KvStore.open(directory, OPTIONS)) {
      assertThat(store.get(KvFamily.META, bytes("a"))).isNull();
      assertThatThrownBy(() -> KvStore.open(directory, OPTIONS).close())
          .isInstanceOf(StorageException.class)
          .hasMessage("data directory " + directory + " is in use by this process already");
    }
  }

  @Test
  void refusesEverythingOnceClosed() {
    KvStore store = KvStore.open(directory, OPTIONS);
    KvBatch batch = store.newBatch();
    KvIterator iterator = store.iterator(KvFamily.RAW, null, null, null);
    KvSnapshot snapshot = store.snapshot();
    int abandonedBefore = KvStore.abandonedHandles();
    store.close();
    store.close();
    assertThat(KvStore.abandonedHandles() - abandonedBefore).isEqualTo(3);
    assertThatThrownBy(() -> store.get(KvFamily.META, bytes("a")))
        .isInstanceOf(StorageException.class)
        .hasMessage("the store is closed");
    assertThatThrownBy(store::newBatch).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> batch.put(KvFamily.META, bytes("a"), bytes("b")))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(iterator::seekFirst).isInstanceOf(StorageException.class);
    iterator.close();
    snapshot.close();
    batch.close();
  }

  @Test
  void dropsThePrefixThatAFileHolds() {
    try (KvStore store = KvStore.open(directory, OPTIONS)) {
      // Twice, because a lone file is moved down a level as it is instead of being cut up.
      fillPrefixes(store);
      fillPrefixes(store);
      store.compact(KvFamily.CHUNK);
      long before = store.fileBytes(KvFamily.CHUNK);
      store.deleteFilesInRange(KvFamily.CHUNK, prefix(1), prefix(2));
      assertThat(store.fileBytes(KvFamily.CHUNK)).isBetween(before / 2, before * 3 / 4);
    }
  }

  private static void fillPrefixes(KvStore store) {
    try (KvBatch batch = store.newBatch()) {
      for (int prefix = 0; prefix < 3; prefix++) {
        for (int i = 0; i < 1000; i++) {
          byte[] key = ByteBuffer.allocate(10).putShort((short) 1).putInt(prefix).putInt(i).array();
          batch.put(KvFamily.CHUNK, key, value(i));
        }
      }
      store.write(batch, true);
    }
    store.flush(KvFamily.CHUNK);
  }

  private static byte[] prefix(int prefix) {
    return ByteBuffer.allocate(6).putShort((short) 1).putInt(prefix).array();
  }

  private static void fill(KvStore store, int count) {
    try (KvBatch batch = store.newBatch()) {
      for (int i = 0; i < count; i++) {
        batch.put(KvFamily.RAW, key(i), value(i));
      }
      store.write(batch, false);
    }
  }

  private static int count(KvStore store, @Nullable KvSnapshot snapshot) {
    try (KvIterator iterator = store.iterator(KvFamily.RAW, snapshot, null, null)) {
      return count(iterator);
    }
  }

  private static int count(KvIterator iterator) {
    int count = 0;
    for (boolean more = iterator.seekFirst(); more; more = iterator.next()) {
      count++;
    }
    return count;
  }

  private static byte[] key(int i) {
    return ByteBuffer.allocate(8).putLong(i).array();
  }

  private static byte[] value(int i) {
    return bytes("value " + i);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
