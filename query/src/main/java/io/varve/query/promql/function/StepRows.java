package io.varve.query.promql.function;

import io.varve.query.promql.histogram.FloatHistogram;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of many series, packed: of each series those of its steps that have one, side by side
 * in pages that many share, with a bit per step in front if some have none. So 40,000 series of one
 * step are a few arrays and not 120,000 objects, and what a filter has left of a long series takes
 * no more than it is. To be read back series by series. Not thread-safe.
 */
public final class StepRows {
  /** Words of most pages: 16 KiB, so that the collector takes none for a huge object. */
  private static final int PAGE_BITS = 11;

  private static final int PAGE = 1 << PAGE_BITS;
  private static final int FIRST_PAGE = 16;

  /** A row lies in one page. The first ones are shorter than most; one of a long row is longer. */
  private long[][] pages = {new long[FIRST_PAGE]};

  /** The last page in use. */
  private int page;

  /** Words of it that are used. */
  private int used;

  /** Where each row begins, page and word; the complement if every step has a value. */
  private int[] starts = new int[FIRST_PAGE];

  private int count;
  private int steps;

  /** Histograms by rows that have some, a place per step. */
  private final Map<Integer, @Nullable FloatHistogram[]> histograms = new HashMap<>(0);

  public int count() {
    return count;
  }

  /** Forgets all rows, but keeps the memory. */
  public void clear() {
    page = 0;
    used = 0;
    count = 0;
    histograms.clear();
  }

  /** Copies the values of one more series, of as many steps as the others. */
  public void add(StepValues values) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, Math.max(FIRST_PAGE, count * 2));
    }
    starts[count] = append(values, count);
    count++;
  }

  /** Copies the values of a series in place of those of a row, whose memory is lost. */
  public void replace(int row, StepValues values) {
    histograms.remove(row);
    starts[row] = append(values, row);
  }

  private int append(StepValues values, int row) {
    if (count == 0) {
      steps = values.steps();
    } else if (values.steps() != steps) {
      throw new IllegalStateException(
          "a series of " + values.steps() + " steps among those of " + steps);
    }
    @Nullable FloatHistogram @Nullable [] copied = values.copyHistograms();
    if (copied != null) {
      histograms.put(row, copied);
    }
    double[] numbers = values.values();
    if (values.isFull()) {
      long[] to = room(steps);
      int at = used;
      for (int step = 0; step < steps; step++) {
        to[at + step] = Double.doubleToRawLongBits(numbers[step]);
      }
      return ~take(steps);
    }
    long[] presence = values.presence();
    int presenceWords = presenceWords();
    int words = presenceWords + values.presentCount();
    long[] to = room(words);
    int at = used;
    System.arraycopy(presence, 0, to, at, presenceWords);
    at += presenceWords;
    for (int w = 0; w < presenceWords; w++) {
      int from = w * Long.SIZE;
      for (long bits = presence[w]; bits != 0; bits &= bits - 1) {
        to[at++] = Double.doubleToRawLongBits(numbers[from + Long.numberOfTrailingZeros(bits)]);
      }
    }
    return take(words);
  }

  private int presenceWords() {
    return (steps + Long.SIZE - 1) / Long.SIZE;
  }

  /** The page that has room for so many words, behind those that are used. */
  private long[] room(int words) {
    if (used + words > pages[page].length || used >= PAGE) {
      int before = pages[page].length;
      page++;
      used = 0;
      if (page >>> (Integer.SIZE - 1 - PAGE_BITS) != 0) {
        throw new IllegalStateException("more than " + page + " pages of values");
      }
      if (page == pages.length) {
        pages = Arrays.copyOf(pages, page * 2);
      }
      if (pages[page] == null || pages[page].length < words) {
        pages[page] = new long[Math.max(words, Math.min(PAGE, 2 * before))];
      }
    }
    return pages[page];
  }

  /** Takes words for which there is room, and answers where they begin. */
  private int take(int words) {
    int start = page << PAGE_BITS | used;
    used += words;
    return start;
  }

  /** Fills in the values of a row. */
  public void load(int row, StepValues into) {
    into.clear(steps);
    double[] numbers = into.values();
    boolean full = starts[row] < 0;
    int start = full ? ~starts[row] : starts[row];
    long[] from = pages[start >>> PAGE_BITS];
    int at = start & PAGE - 1;
    if (full) {
      for (int step = 0; step < steps; step++) {
        numbers[step] = Double.longBitsToDouble(from[at + step]);
      }
      into.markAllPresent();
    } else {
      long[] presence = into.presence();
      int presenceWords = presenceWords();
      System.arraycopy(from, at, presence, 0, presenceWords);
      at += presenceWords;
      for (int w = 0; w < presenceWords; w++) {
        int first = w * Long.SIZE;
        for (long bits = presence[w]; bits != 0; bits &= bits - 1) {
          numbers[first + Long.numberOfTrailingZeros(bits)] = Double.longBitsToDouble(from[at++]);
        }
      }
    }
    if (!histograms.isEmpty()) {
      into.setHistograms(histograms.get(row));
    }
  }

  /** Puts the rows in another order. */
  public void reorder(int[] order) {
    if (!histograms.isEmpty()) {
      Map<Integer, @Nullable FloatHistogram[]> moved = new HashMap<>();
      for (int row = 0; row < count; row++) {
        @Nullable FloatHistogram[] ofRow = histograms.get(order[row]);
        if (ofRow != null) {
          moved.put(row, ofRow);
        }
      }
      histograms.clear();
      histograms.putAll(moved);
    }
    int[] ordered = new int[count];
    for (int row = 0; row < count; row++) {
      ordered[row] = starts[order[row]];
    }
    starts = ordered;
  }
}
