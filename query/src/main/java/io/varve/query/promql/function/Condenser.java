package io.varve.query.promql.function;

/**
 * Says which runs of samples a few numbers can stand for: those that no window begins or ends
 * within. Every window then has all of the run or nothing of it, and a function that only wants the
 * sum of its samples, say, need not see them. A run that is in no window need not be seen at all.
 *
 * <p>Immutable.
 */
public final class Condenser {
  /** What is wanted of a run. */
  public enum Want {
    /** All samples. */
    ALL,
    /** How many there are. */
    COUNT,
    FIRST,
    LAST,
    MIN,
    MAX,
    /** Their sum and how many there are. */
    SUM,
    /** The first and the last one, and how many there are. */
    ENDS,
    /** The same, but of runs that never fall. */
    RISING_ENDS
  }

  /** Wants all samples whenever they are, of the times that nanoseconds reach. */
  public static final Condenser EVERYTHING =
      new Condenser(Want.ALL, new StepWindows(1L << 50, 0, 1, 1L << 51));

  private final Want want;
  private final StepWindows windows;

  /**
   * A condenser.
   *
   * @param windows all windows that the samples are for
   */
  public Condenser(Want want, StepWindows windows) {
    this.want = want;
    this.windows = windows;
  }

  public Want want() {
    return want;
  }

  /** Whether only the newest of all samples is wanted: there is one window. */
  public boolean wantsNewest() {
    return want == Want.LAST && windows.steps() == 1;
  }

  /** Whether no window has some of the samples from one time to another, but not all. */
  public boolean isWhole(long firstMillis, long lastMillis) {
    return firstMillis == lastMillis
        || (windows.stepsEndingBefore(firstMillis) == windows.stepsEndingBefore(lastMillis)
            && windows.stepsBeginningBefore(firstMillis)
                == windows.stepsBeginningBefore(lastMillis));
  }

  /**
   * Whether the last sample is the newest of the run in each window that has any of it: no window
   * ends between the samples.
   */
  public boolean isNewest(long firstMillis, long lastMillis) {
    return windows.stepsEndingBefore(firstMillis) == windows.stepsEndingBefore(lastMillis);
  }

  /**
   * Whether the last sample of a run that is whole, or of which only that counts, is in a window.
   */
  public boolean isSeen(long lastMillis) {
    int step = windows.stepsEndingBefore(lastMillis);
    return step < windows.steps() && windows.startMillis(step) < lastMillis;
  }
}
