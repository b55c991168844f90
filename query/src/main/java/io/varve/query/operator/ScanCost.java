package io.varve.query.operator;

import io.varve.storage.model.TimeRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How much work a scan is, in units of a chunk opened and decoded: a microsecond or two.
 *
 * <p>An estimate from the plan alone. It must not look at how many workers there are: from it
 * follows in which parts floats are added up, and so the last digit of a sum.
 */
final class ScanCost {
  /** A chunk of points ten seconds apart. */
  private static final long CHUNK_NANOS = 3L * 3600 * 1_000_000_000;

  /** Assumed if the range has no start. */
  private static final int CHUNKS_OF_UNBOUNDED = 8;

  private static final int MAX_CHUNKS = 1024;

  /** As many parts are worth waking a helper for groups. */
  private static final long PARTS_OF_GROUPS = 2;

  /** As many parts are worth reading a single group in parts, which then are joined. */
  private static final long PARTS_OF_SERIES = 4;

  private static final int MAX_PART_SERIES = 128;

  /** More parts do not share the work any better, and each has working space of its own. */
  private static final int MANY_PARTS = 32;

  /** Parts of a group whose windows may be in memory at a time; half of what a query may have. */
  private static final long PARTS_IN_MEMORY = 16;

  private final long unitsPerSeries;
  private final boolean divisible;
  private final long partCost;
  private final QueryBudget budget;

  /**
   * @param maxRows rows read of a series at most
   */
  ScanCost(List<ScanSource> sources, TimeRange range, long maxRows, QueryBudget budget) {
    this.budget = budget;
    partCost = budget.resources().partCost();
    long fields = 0;
    boolean stored = true;
    for (ScanSource source : sources) {
      fields = Math.max(fields, source.fieldIds().length);
      // Subqueries are read by one thread.
      stored &= !source.everyRowExists();
    }
    boolean bounded = range.startNanos() != Long.MIN_VALUE && range.endNanos() != Long.MAX_VALUE;
    long length = range.endNanos() - range.startNanos();
    long chunks =
        !bounded || length < 0
            ? CHUNKS_OF_UNBOUNDED
            : 1 + Math.min(MAX_CHUNKS, length / CHUNK_NANOS);
    unitsPerSeries = Math.max(1, fields) * (maxRows < 1000 ? 1 : chunks);
    divisible = stored;
  }

  private long of(Group group) {
    return group.seriesCount() * unitsPerSeries;
  }

  /** Whether to deal groups out to several threads. */
  boolean isWorthDividing(List<Group> groups) {
    if (!divisible || budget.isPart() || budget.resources().workers() == 1 || groups.size() < 2) {
      return false;
    }
    long all = 0;
    long largest = 0;
    for (Group group : groups) {
      all += of(group);
      largest = Math.max(largest, of(group));
    }
    return all >= PARTS_OF_GROUPS * partCost && largest <= all / 2;
  }

  /** Cuts a list of groups into parts; each but the first begins where the one before ends. */
  List<List<Group>> divide(List<Group> groups) {
    List<List<Group>> parts = new ArrayList<>();
    int from = 0;
    int series = 0;
    for (int g = 0; g < groups.size(); g++) {
      series += groups.get(g).seriesCount();
      if (series * unitsPerSeries >= partCost
          || series >= MAX_PART_SERIES
          || g + 1 == groups.size()) {
        parts.add(groups.subList(from, g + 1));
        from = g + 1;
        series = 0;
      }
    }
    return parts;
  }

  /**
   * Whether the series of one group are to be read in parts.
   *
   * @param stateBytes of each part
   */
  boolean isWorthParts(Group group, long stateBytes) {
    return divisible
        && group.seriesCount() > 1
        && of(group) >= PARTS_OF_SERIES * partCost
        && stateBytes <= budget.limits().maxStateBytes() / 2 / PARTS_IN_MEMORY;
  }

  /** The parts of one group: some of its series each, in order. */
  List<Group> parts(Group group) {
    return parts(group, seriesOfPart());
  }

  /** The same where nothing is added up, so that parts may be larger if there are many. */
  List<Group> rowParts(Group group) {
    return parts(group, Math.max(seriesOfPart(), group.seriesCount() / MANY_PARTS));
  }

  private int seriesOfPart() {
    return (int) Math.max(1, Math.min(MAX_PART_SERIES, partCost / unitsPerSeries));
  }

  private static List<Group> parts(Group group, int most) {
    List<Group> parts = new ArrayList<>();
    int[][] all = group.seriesIds();
    for (int s = 0; s < all.length; s++) {
      for (int from = 0; from < all[s].length; from += most) {
        int[][] some = new int[all.length][];
        for (int t = 0; t < all.length; t++) {
          some[t] =
              t == s
                  ? Arrays.copyOfRange(all[s], from, Math.min(all[s].length, from + most))
                  : new int[0];
        }
        parts.add(new Group(group.tags(), some));
      }
    }
    return parts;
  }
}
