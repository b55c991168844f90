package io.varve.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class SeriesIndexConcurrencyTest {
  private static final int SERIES = 60_000;

  private static final TagPredicate EVEN = new TagPredicate.Equals("parity", "even");
  private static final TagPredicate ODD =
      new TagPredicate.Matches("parity", Pattern.compile("^o.d$"));

  private final SeriesIndex index = new SeriesIndex(IndexLimits.NONE);
  private final int[] ids = new int[SERIES];

  /** Series below have been added. */
  private volatile int added;

  private volatile boolean done;

  private static SeriesKey key(int number) {
    return SeriesKey.of(
        "m", Map.of("parity", number % 2 == 0 ? "even" : "odd", "number", "n" + number));
  }

  @Test
  void readersSeeWholeSeriesWhileTheWriterAddsAndRemoves()
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> readers = new ArrayList<>();
      readers.add(threads.submit(reader()));
      readers.add(threads.submit(reader()));
      try {
        write();
      } finally {
        done = true;
      }
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(index.seriesCount()).isEqualTo(SERIES);
  }

  private void write() {
    RoaringBitmap others = new RoaringBitmap();
    for (int i = 0; i < SERIES; i++) {
      byte[] bytes = key(i).toBytes();
      ids[i] = index.add(bytes, 0, bytes.length);
      added = i + 1;
      if (i % 4 == 0) {
        byte[] other = SeriesKey.of("m", Map.of("parity", "none", "id", "i" + i)).toBytes();
        others.add(index.add(other, 0, other.length));
      }
      if (others.getCardinality() == 1000) {
        index.remove(others);
        others.clear();
        index.drainChanges(new StoredRecords());
        index.changesCommitted();
      }
    }
    index.remove(others);
  }

  private Callable<Integer> reader() {
    return () -> {
      int rounds = 0;
      while (!done || rounds == 0) {
        int promised = added;
        if (promised == 0) {
          continue;
        }
        byte[] bytes = key(promised - 1).toBytes();
        assertThat(index.find(bytes, 0, bytes.length)).isEqualTo(ids[promised - 1]);
        RoaringBitmap even = index.select("m", EVEN);
        RoaringBitmap odd = index.select("m", ODD);
        RoaringBitmap notEven = index.select("m", new TagPredicate.Not(EVEN));
        assertThat(even.getCardinality()).isGreaterThanOrEqualTo((promised + 1) / 2);
        assertThat(odd.getCardinality()).isGreaterThanOrEqualTo(promised / 2);
        for (int i = 0; i < promised; i++) {
          assertThat((i % 2 == 0 ? even : odd).contains(ids[i])).isTrue();
        }
        int checked = 0;
        for (int id : notEven) {
          if (checked++ % 97 == 0) {
            assertThat(index.key(id).tag("parity")).isNotEqualTo("even");
          }
        }
        assertThat(RoaringBitmap.intersects(even, notEven)).isFalse();
        assertThat(index.catalog().tagValues("m", "parity")).contains("even");
        rounds++;
      }
      return rounds;
    };
  }
}
