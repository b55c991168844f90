package io.varve.query.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.FieldType;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SegmentPoolTest {
  private static final RowLayout TWO = layout(2);
  private static final RowLayout THREE = layout(3);

  private static RowLayout layout(int columns) {
    return RowLayout.of(
        Collections.nCopies(columns, new ColumnExpression.Input(0, FieldType.INTEGER)));
  }

  @Test
  void handsOutWhatWasGivenBackWithoutItsRows() {
    SegmentPool pool = new SegmentPool(1 << 20);
    RowSegment segment = pool.take(TWO);
    segment.append(new long[] {1, 2, 3}, 0, 3, 7);
    segment.setNull(1, 2);
    pool.give(segment);
    RowSegment again = pool.take(layout(2));
    assertThat(again).isSameAs(segment);
    assertThat(again.rows).isZero();
    again.append(new long[] {4, 5, 6}, 0, 3, 8);
    assertThat(again.isNull(1, 2)).isFalse();
    assertThat(pool.take(TWO)).isNotSameAs(segment);
  }

  @Test
  void keepsNoMoreThanItsBytes() {
    List<RowSegment> three =
        List.of(
            new RowSegment(TWO, RowSegment.ROWS),
            new RowSegment(TWO, RowSegment.ROWS),
            new RowSegment(TWO, RowSegment.ROWS));
    SegmentPool pool = new SegmentPool(3 * three.get(0).bytes() - 1);
    three.forEach(pool::give);
    assertThat(pool.take(TWO)).isSameAs(three.get(0));
    assertThat(pool.take(TWO)).isSameAs(three.get(1));
    assertThat(three).doesNotContain(pool.take(TWO));
    // What was taken makes room.
    three.forEach(pool::give);
    assertThat(pool.take(TWO)).isSameAs(three.get(0));
  }

  @Test
  void letsThoseOfAnotherWidthGo() {
    SegmentPool pool = new SegmentPool(1 << 20);
    RowSegment two = pool.take(TWO);
    pool.give(two);
    RowSegment three = pool.take(THREE);
    assertThat(three).isNotSameAs(two);
    assertThat(three.cells).hasSize(RowSegment.ROWS * THREE.width());
    assertThat(pool.take(TWO)).isNotSameAs(two);
  }

  @Test
  void doesNotKeepShortOnes() {
    SegmentPool pool = new SegmentPool(1 << 20);
    RowSegment one = new RowSegment(TWO, 1);
    pool.give(one);
    assertThat(pool.take(TWO)).isNotSameAs(one);
  }
}
