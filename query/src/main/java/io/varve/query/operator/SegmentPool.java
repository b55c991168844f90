package io.varve.query.operator;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;

/**
 * Row segments that queries are done with, for the next one: a large answer takes the most memory
 * of all that a query does, while it is in use, and the collector would have to move it each time.
 *
 * <p>Keeps those of one width, as the same statements tend to come again, and no more than a given
 * number of bytes, which go if memory is short or nobody has asked for some time. Thread-safe.
 */
public final class SegmentPool {
  /** The idle segments, and their bytes. */
  private static final class Idle {
    final ArrayDeque<RowSegment> segments = new ArrayDeque<>();
    long bytes;
  }

  private final long maxBytes;
  private SoftReference<Idle> reference = new SoftReference<>(new Idle());

  public SegmentPool(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** A segment without rows that has room for {@link RowSegment#ROWS}. */
  synchronized RowSegment take(RowLayout layout) {
    Idle idle = reference.get();
    RowSegment segment = idle == null ? null : idle.segments.poll();
    while (idle != null && segment != null) {
      idle.bytes -= segment.bytes();
      if (segment.begin(layout)) {
        return segment;
      }
      segment = idle.segments.poll();
    }
    return new RowSegment(layout, RowSegment.ROWS);
  }

  /** Takes a segment back, which its owner forgets; those with less room are let go. */
  synchronized void give(RowSegment segment) {
    Idle idle = reference.get();
    if (idle == null) {
      idle = new Idle();
      reference = new SoftReference<>(idle);
    }
    segment.clear();
    if (segment.keys.length == RowSegment.ROWS && idle.bytes + segment.bytes() <= maxBytes) {
      idle.bytes += segment.bytes();
      idle.segments.add(segment);
    }
  }
}
