package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.varve.storage.kv.KvBatch;
import io.varve.storage.kv.KvFamily;
import io.varve.storage.model.RetentionPolicy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardNumberTest {
  private static final long DAY = 86_400_000_000_000L;

  @TempDir private Path directory;

  private static void write(Varve varve, String database, int day) {
    Objects.requireNonNull(varve.database(database))
        .write(null, new Points().add("m", day * DAY, "a", 1).batch())
        .join();
  }

  private static RetentionPolicy days() {
    return new RetentionPolicy("autogen", 0, DAY);
  }

  @Test
  void numbersAreUniqueAndNeverUsedAgain() {
    try (Varve varve = Varve.open(directory)) {
      varve.createDatabase("a", days());
      varve.createDatabase("b", days());
      write(varve, "b", 3);
      write(varve, "a", 2);
      write(varve, "a", 1);
      assertThat(varve.shards())
          .extracting(shard -> shard.id() + shard.database() + shard.startNanos() / DAY)
          .containsExactly("1b3", "2a2", "3a1");
      assertThat(varve.dropShard(3)).isTrue();
      assertThat(varve.dropShard(3)).isFalse();
    }
    try (Varve varve = Varve.open(directory)) {
      assertThat(varve.shards()).extracting(ShardInfo::id).containsExactly(1L, 2L);
      assertThat(Contents.of(Objects.requireNonNull(varve.database("a")))).hasSize(1);
      write(varve, "a", 1);
      assertThat(varve.shards()).extracting(ShardInfo::id).containsExactly(1L, 2L, 4L);
    }
  }

  @Test
  void shardsWithoutNumbersGetThemOnceAndForAll() {
    try (Varve varve = Varve.open(directory)) {
      varve.createDatabase("a", days());
      write(varve, "a", 1);
      write(varve, "a", 2);
      varve.checkpoint();
      try (KvBatch batch = varve.engine().kv().newBatch()) {
        for (int day = 1; day <= 2; day++) {
          byte[] key =
              ByteBuffer.allocate(7)
                  .put((byte) 5)
                  .putShort((short) 1)
                  .putInt((day * 24) ^ Integer.MIN_VALUE)
                  .array();
          byte[] value = Objects.requireNonNull(varve.engine().kv().get(KvFamily.META, key));
          batch.put(KvFamily.META, key, withoutNumber(value));
        }
        batch.delete(KvFamily.META, new byte[] {8});
        varve.engine().kv().write(batch, true);
      }
    }
    for (int day = 3; day < 5; day++) {
      try (Varve varve = Varve.open(directory)) {
        assertThat(varve.shards())
            .extracting(ShardInfo::id, shard -> shard.startNanos() / DAY)
            .startsWith(tuple(1L, 1L), tuple(2L, 2L));
        write(varve, "a", day);
      }
    }
  }

  /** As it was first: version, end, sequence limit, group span. */
  private static byte[] withoutNumber(byte[] record) {
    int length = 1;
    for (int varints = 0; varints < 3; length++) {
      varints += record[length] < 0 ? 0 : 1;
    }
    return Arrays.copyOf(record, length);
  }
}
