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
  /** Words of a page: 16 KiB, so that the collector takes none for a huge object. */
  private static final int PAGE_BITS = 11;

  private static final int PAGE = 1 << PAGE_BITS;
  private static final int FIRST_PAGE = 16;

  private long @Nullable [][] pages = {new long[FIRST_PAGE]};

  /** Words in use. */
  private int words;

  /** Where each row begins; its complement if every step has a value. */
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
    words = 0;
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
    if (words == 0) {
      steps = values.steps();
    } else if (values.steps() != steps) {
      throw new IllegalStateException(
          "a series of " + values.steps() + " steps among those of " + steps);
    }
    if (values.hasHistograms()) {
      histograms.put(row, values.copyHistograms());
    }
    int start = words;
    double[] numbers = values.values();
    if (values.isFull()) {
      int step = 0;
      while (step < steps) {
        long[] page = page();
        int place = words & PAGE - 1;
        int some = Math.min(steps - step, page.length - place);
        for (int i = 0; i < some; i++) {
          page[place + i] = Double.doubleToRawLongBits(numbers[step + i]);
        }
        step += some;
        words = Math.addExact(words, some);
      }
      return ~start;
    }
    long[] presence = values.presence();
    for (int from = 0; from < steps; from += Long.SIZE) {
      put(presence[from / Long.SIZE]);
    }
    for (int from = 0; from < steps; from += Long.SIZE) {
      for (long word = presence[from / Long.SIZE]; word != 0; word &= word - 1) {
        put(Double.doubleToRawLongBits(numbers[from + Long.numberOfTrailingZeros(word)]));
      }
    }
    return start;
  }

  private void put(long word) {
    page()[words & PAGE - 1] = word;
    words = Math.addExact(words, 1);
  }

  /** The page of the next word, which has room for it. */
  private long[] page() {
    int page = words >>> PAGE_BITS;
    int place = words & PAGE - 1;
    if (page == pages.length) {
      pages = Arrays.copyOf(pages, page * 2);
    }
    long[] words = pages[page];
    if (words == null) {
      pages[page] = new long[PAGE];
    } else if (place == words.length) {
      pages[page] = Arrays.copyOf(words, place * 2);
    }
    return pages[page];
  }

  private long word(int at) {
    return pages[at >>> PAGE_BITS][at & PAGE - 1];
  }

  /** Fills in the values of a row. */
  public void load(int row, StepValues into) {
    into.clear(steps);
    double[] numbers = into.values();
    int at = starts[row];
    if (at < 0) {
      at = ~at;
      int step = 0;
      while (step < steps) {
        long[] page = pages[at >>> PAGE_BITS];
        int place = at & PAGE - 1;
        int some = Math.min(steps - step, page.length - place);
        for (int i = 0; i < some; i++) {
          numbers[step + i] = Double.longBitsToDouble(page[place + i]);
        }
        step += some;
        at += some;
      }
      into.markAllPresent();
    } else {
      long[] presence = into.presence();
      for (int from = 0; from < steps; from += Long.SIZE) {
        presence[from / Long.SIZE] = word(at++);
      }
      for (int from = 0; from < steps; from += Long.SIZE) {
        for (long word = presence[from / Long.SIZE]; word != 0; word &= word - 1) {
          numbers[from + Long.numberOfTrailingZeros(word)] = Double.longBitsToDouble(word(at++));
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
