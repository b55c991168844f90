package io.varve.storage.head;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The series of a head by their ids, in pages, as ids come in blocks. One thread adds and removes
 * while any read.
 */
final class SeriesPages {
  private static final VarHandle SERIES = MethodHandles.arrayElementVarHandle(MemSeries[].class);
  private static final int PAGE_BITS = 9;
  private static final int PAGE_SERIES = 1 << PAGE_BITS;
  private static final int PAGE_BYTES = 16 + 4 * PAGE_SERIES;
  private static final int SERIES_BYTES = 24;

  private final AtomicInteger liveSeries;
  private final AtomicLong bytes;
  private volatile @Nullable MemSeries[] @Nullable [] pages = new MemSeries[4][];

  /**
   * @param liveSeries how many series have rows
   * @param bytes gets the heap bytes of pages and series added to it
   */
  SeriesPages(AtomicInteger liveSeries, AtomicLong bytes) {
    this.liveSeries = liveSeries;
    this.bytes = bytes;
  }

  @Nullable MemSeries get(int seriesId) {
    @Nullable MemSeries[] @Nullable [] known = pages;
    int number = seriesId >>> PAGE_BITS;
    @Nullable MemSeries[] page = number < known.length ? known[number] : null;
    return page == null ? null : (MemSeries) SERIES.getAcquire(page, seriesId & (PAGE_SERIES - 1));
  }

  /** Adds a series that is not there. Writer. */
  MemSeries add(int seriesId) {
    int number = seriesId >>> PAGE_BITS;
    @Nullable MemSeries[] @Nullable [] known = pages;
    if (number >= known.length) {
      known = Arrays.copyOf(known, Math.max(number + 1, known.length * 2));
    }
    @Nullable MemSeries[] page = known[number];
    if (page == null) {
      page = new MemSeries[PAGE_SERIES];
      known[number] = page;
      bytes.addAndGet(PAGE_BYTES);
    }
    pages = known;
    MemSeries series = new MemSeries();
    SERIES.setRelease(page, seriesId & (PAGE_SERIES - 1), series);
    bytes.addAndGet(SERIES_BYTES);
    return series;
  }

  /** Removes a series that is there. Writer. */
  void remove(int seriesId) {
    @Nullable MemSeries[] page = pages[seriesId >>> PAGE_BITS];
    if (page != null) {
      SERIES.setRelease(page, seriesId & (PAGE_SERIES - 1), null);
      bytes.addAndGet(-SERIES_BYTES);
    }
  }

  /** Forgets series without rows; the answer is how many bytes that freed. Writer. */
  long trim() {
    long freed = 0;
    @Nullable MemSeries[] @Nullable [] known = pages;
    for (int number = 0; number < known.length; number++) {
      @Nullable MemSeries[] page = known[number];
      if (page == null) {
        continue;
      }
      boolean empty = true;
      for (int i = 0; i < PAGE_SERIES; i++) {
        MemSeries series = page[i];
        if (series != null && series.isUnused()) {
          SERIES.setRelease(page, i, null);
          freed += SERIES_BYTES;
        } else {
          empty &= series == null;
        }
      }
      if (empty) {
        known[number] = null;
        freed += PAGE_BYTES;
      }
    }
    bytes.addAndGet(-freed);
    return freed;
  }

  /** Ids of the series with rows, ascending. */
  int[] seriesIds(boolean onlyDirty) {
    int[] ids = new int[Math.max(16, liveSeries.get())];
    int count = 0;
    @Nullable MemSeries[] @Nullable [] known = pages;
    for (int number = 0; number < known.length; number++) {
      @Nullable MemSeries[] page = known[number];
      for (int i = 0; page != null && i < PAGE_SERIES; i++) {
        MemSeries series = (MemSeries) SERIES.getAcquire(page, i);
        if (series != null && series.newest != null && (!onlyDirty || series.isDirty())) {
          if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
          }
          ids[count++] = number << PAGE_BITS | i;
        }
      }
    }
    return Arrays.copyOf(ids, count);
  }
}
