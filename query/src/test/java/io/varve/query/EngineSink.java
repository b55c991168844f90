package io.varve.query;

import io.varve.storage.Database;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes single values to the engine, each durable and visible on return. */
record EngineSink(Database database) implements PointText.Sink {
  @Override
  public void put(
      @Nullable String policy,
      SeriesKey key,
      long timestampNanos,
      String field,
      Object value,
      boolean unsigned) {
    PointBatch batch = new PointBatch();
    byte[] keyBytes = key.toBytes();
    byte[] name = field.getBytes(StandardCharsets.UTF_8);
    batch.beginRow(keyBytes, 0, keyBytes.length);
    add(batch, name, value, unsigned);
    batch.endRow(timestampNanos);
    var result = database.write(policy, batch).join();
    if (result.droppedRows() > 0) {
      throw new IllegalStateException("dropped: " + result.reason());
    }
  }

  private static void add(PointBatch batch, byte[] name, Object value, boolean unsigned) {
    if (value instanceof Double number) {
      batch.addFloat(name, 0, name.length, number, PointBatch.UNKNOWN_DECIMALS);
    } else if (value instanceof Boolean truth) {
      batch.addBoolean(name, 0, name.length, truth);
    } else if (value instanceof String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      batch.addString(name, 0, name.length, utf8, 0, utf8.length);
    } else if (unsigned) {
      batch.addUnsigned(name, 0, name.length, (Long) value);
    } else {
      batch.addInteger(name, 0, name.length, (Long) value);
    }
  }
}
