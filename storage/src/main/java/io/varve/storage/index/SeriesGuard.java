package io.varve.storage.index;

import io.varve.storage.model.RefusedSeries;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses new series that the limits do not allow, says why and counts. The words name the tag to
 * look at: the one over its limit, else the one with the most values.
 *
 * <p>For the writer alone, but for {@link #refused}. A minute is one of the clock: a limit of n per
 * minute allows up to 2 n within any sixty seconds.
 */
final class SeriesGuard {
  private static final int MAX_EXCERPT_BYTES = 100;

  private final IndexLimits limits;
  private String refusal = "";
  private long minute = Long.MIN_VALUE;
  private long addedThisMinute;
  private volatile RefusedSeries refused = RefusedSeries.NONE;

  SeriesGuard(IndexLimits limits) {
    this.limits = limits;
  }

  /** Tells the time by which minutes go. */
  void noteTime(long nowNanos) {
    long now = Math.floorDiv(nowNanos, TimeUnit.MINUTES.toNanos(1));
    if (now != minute) {
      minute = now;
      addedThisMinute = 0;
    }
  }

  /**
   * Whether there may be one more series.
   *
   * @param key at its measurement
   * @param measurement null if it is new
   */
  boolean allowsSeries(KeyReader key, @Nullable Measurement measurement, long seriesCount) {
    if (limits.maxSeries() > 0 && seriesCount >= limits.maxSeries()) {
      refused = refused.plus(new RefusedSeries(1, 0, 0));
      refusal =
          "max-series-per-database limit exceeded ("
              + limits.maxSeries()
              + "): "
              + where(key, measurement);
      return false;
    }
    if (limits.maxNewSeriesPerMinute() > 0 && addedThisMinute >= limits.maxNewSeriesPerMinute()) {
      refused = refused.plus(new RefusedSeries(0, 0, 1));
      refusal =
          "max-new-series-per-minute limit exceeded ("
              + limits.maxNewSeriesPerMinute()
              + "): "
              + where(key, measurement);
      return false;
    }
    return true;
  }

  /** Whether the tags of the key, which is at its measurement, may be added. */
  boolean allowsTags(KeyReader key, Measurement measurement) {
    Postings postings = measurement.postings();
    int newKeys = 0;
    while (key.nextTag()) {
      TagKey tagKey = postings.find(key.bytes(), key.tagOffset(), key.tagLength());
      if (tagKey == null) {
        newKeys++;
      } else if (limits.maxValuesPerTag() > 0
          && tagKey.valueCount() >= limits.maxValuesPerTag()
          && isNewValue(key, tagKey)) {
        refused = refused.plus(new RefusedSeries(0, 1, 0));
        refusal =
            String.format(
                Locale.ROOT,
                "max-values-per-tag limit exceeded (%d/%d): measurement=\"%s\" tag=\"%s\""
                    + " value=\"%s\"",
                tagKey.valueCount(),
                limits.maxValuesPerTag(),
                measurement.name,
                tagKey.dictionary.name,
                excerpt(key.bytes(), key.valueOffset(), key.valueLength()));
        return false;
      }
    }
    if (postings.tagKeys().length + newKeys > SeriesIndex.MAX_TAG_KEYS) {
      refusal =
          String.format(
              Locale.ROOT,
              "max-tag-keys limit exceeded (%d): measurement=\"%s\"",
              SeriesIndex.MAX_TAG_KEYS,
              measurement.name);
      return false;
    }
    return true;
  }

  /** A series was added. */
  void noteAdded() {
    addedThisMinute++;
  }

  /** Why the last series was refused. */
  String refusal() {
    return refusal;
  }

  /** Any thread. */
  RefusedSeries refused() {
    return refused;
  }

  private static boolean isNewValue(KeyReader key, TagKey tagKey) {
    int ordinal = tagKey.dictionary.find(key.bytes(), key.valueOffset(), key.valueLength());
    return ordinal < 0 || tagKey.cardinality(ordinal) == 0;
  }

  private static String where(KeyReader key, @Nullable Measurement measurement) {
    StringBuilder text =
        new StringBuilder(128)
            .append("measurement=\"")
            .append(excerpt(key.bytes(), key.measurementOffset(), key.measurementLength()))
            .append('"');
    TagKey widest = null;
    if (measurement != null) {
      for (TagKey candidate : measurement.postings().tagKeys()) {
        boolean wider = widest == null || candidate.valueCount() > widest.valueCount();
        widest = wider ? candidate : widest;
      }
    }
    if (widest != null) {
      text.append(" tag=\"").append(widest.dictionary.name).append("\" has ");
      text.append(widest.valueCount()).append(" values");
    }
    return text.toString();
  }

  private static String excerpt(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, Math.min(length, MAX_EXCERPT_BYTES), StandardCharsets.UTF_8);
  }
}
