package io.varve.server.ingest;

import io.varve.storage.model.PointBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds field names that stand twice in one row: the last of them wins.
 *
 * <p>The batch shares the bytes of a name with the previous row if it stands in the same place
 * there. A row whose names are all shared repeats the previous row's names, which differ from each
 * other; that is nearly every row, and it costs one comparison of ints per value. Short rows with
 * new names are compared pair by pair, long ones go through a map. For one thread.
 */
final class FieldNames {
  private static final int MAX_PAIRWISE = 24;

  /**
   * Looks at the open row of the batch.
   *
   * @param firstValue where its values begin
   * @return which of its values to leave out, by their place in the row; null for none
   */
  boolean @Nullable [] findRepeated(PointBatch batch, int firstValue) {
    int count = batch.valueCount() - firstValue;
    if (count < 2 || repeatsPreviousRow(batch, firstValue, count)) {
      return null;
    }
    return count <= MAX_PAIRWISE
        ? compareAll(batch, firstValue, count)
        : countAll(batch, firstValue, count);
  }

  private static boolean repeatsPreviousRow(PointBatch batch, int firstValue, int count) {
    int row = batch.rowCount();
    if (row == 0) {
      return false;
    }
    int twin = batch.firstValue(row - 1);
    if (firstValue - twin < count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (batch.nameOffset(firstValue + i) != batch.nameOffset(twin + i)
          || batch.nameLength(firstValue + i) != batch.nameLength(twin + i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean @Nullable [] compareAll(PointBatch batch, int firstValue, int count) {
    boolean @Nullable [] repeated = null;
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count; j++) {
        if (sameName(batch, firstValue + i, firstValue + j)) {
          repeated = repeated == null ? new boolean[count] : repeated;
          repeated[i] = true;
          break;
        }
      }
    }
    return repeated;
  }

  private static boolean @Nullable [] countAll(PointBatch batch, int firstValue, int count) {
    boolean @Nullable [] repeated = null;
    Map<ByteBuffer, Integer> places = new HashMap<>(count * 2);
    for (int i = 0; i < count; i++) {
      Integer earlier = places.put(name(batch, firstValue + i), i);
      if (earlier != null) {
        repeated = repeated == null ? new boolean[count] : repeated;
        repeated[earlier] = true;
      }
    }
    return repeated;
  }

  private static boolean sameName(PointBatch batch, int left, int right) {
    int length = batch.nameLength(left);
    int leftStart = batch.nameOffset(left);
    int rightStart = batch.nameOffset(right);
    return length == batch.nameLength(right)
        && Arrays.equals(
            batch.arena(),
            leftStart,
            leftStart + length,
            batch.arena(),
            rightStart,
            rightStart + length);
  }

  private static ByteBuffer name(PointBatch batch, int value) {
    return ByteBuffer.wrap(batch.arena(), batch.nameOffset(value), batch.nameLength(value));
  }
}
