package io.varve.server.remote;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one side of a histogram message: spans of neighbouring buckets, and for each
 * bucket the difference to the one before or its count. Reused; for one thread.
 */
final class HistogramSide {
  /**
   * Most buckets of a side. The finest schema has so many for what differs by a factor of four
   * billion; clients send some hundreds.
   */
  private static final int MAX_BUCKETS = 1 << 13;

  private static final int MAX_INDEX = 1 << 28;

  private int[] indexes = new int[32];
  private double[] counts = new double[32];
  private int spanned;
  private int count;
  private long nextIndex;
  private long running;
  private boolean counted;
  private boolean differences;
  private boolean tooFar;

  void clear() {
    spanned = 0;
    count = 0;
    nextIndex = 0;
    running = 0;
    counted = false;
    differences = false;
    tooFar = false;
  }

  int[] indexes() {
    return indexes;
  }

  double[] counts() {
    return counts;
  }

  int count() {
    return count;
  }

  /** Why these are no buckets, or null. */
  @Nullable String problem(String side) {
    if (tooFar) {
      return "the "
          + side
          + " spans of a histogram go too far: at most "
          + MAX_BUCKETS
          + " buckets";
    }
    if (counted && differences) {
      return "a histogram has " + side + " buckets as integers and as floats";
    }
    return spanned == count
        ? null
        : "the " + side + " spans of a histogram need " + spanned + " buckets, there are " + count;
  }

  /**
   * Reads the current field if it is one of three that belong to this side.
   *
   * @param first the number of the first
   */
  boolean read(ProtobufReader in, int first) throws MalformedMessageException {
    if (in.is(first, ProtobufReader.BYTES)) {
      int outer = in.enter();
      readSpan(in);
      in.leave(outer);
    } else if (in.is(first + 1, ProtobufReader.BYTES)) {
      int outer = in.enter();
      while (in.hasMore()) {
        addDifference(in.readVarint());
      }
      in.leave(outer);
    } else if (in.is(first + 1, ProtobufReader.VARINT)) {
      addDifference(in.readVarint());
    } else if (in.is(first + 2, ProtobufReader.BYTES)) {
      int outer = in.enter();
      while (in.hasMore()) {
        addCount(in.readDouble());
      }
      in.leave(outer);
    } else if (in.is(first + 2, ProtobufReader.FIXED64)) {
      addCount(in.readDouble());
    } else {
      return false;
    }
    return true;
  }

  private void readSpan(ProtobufReader in) throws MalformedMessageException {
    long offset = 0;
    long length = 0;
    while (in.nextField()) {
      if (in.is(1, ProtobufReader.VARINT)) {
        offset = ProtobufReader.zigZag(in.readVarint());
      } else if (in.is(2, ProtobufReader.VARINT)) {
        length = in.readVarint();
      } else {
        in.skip();
      }
    }
    if (offset < -MAX_INDEX
        || offset > MAX_INDEX
        || (offset < 0 && spanned > 0)
        || length < 0
        || length > MAX_BUCKETS - spanned
        || nextIndex + offset + length > MAX_INDEX) {
      tooFar = true;
      return;
    }
    nextIndex += offset;
    reserve(spanned + (int) length);
    for (int i = 0; i < length; i++) {
      indexes[spanned++] = (int) nextIndex++;
    }
  }

  private void addDifference(long zigZag) {
    running += ProtobufReader.zigZag(zigZag);
    differences = true;
    add((double) running);
  }

  private void addCount(double value) {
    counted = true;
    add(value);
  }

  private void add(double value) {
    if (count == MAX_BUCKETS) {
      tooFar = true;
      return;
    }
    reserve(count + 1);
    counts[count++] = value;
  }

  private void reserve(int size) {
    if (size > indexes.length) {
      int grown = Math.max(size, 2 * indexes.length);
      indexes = Arrays.copyOf(indexes, grown);
      counts = Arrays.copyOf(counts, grown);
    }
  }
}
