package io.varve.server.warmup;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM compile what writes and queries run through, before the first of them come.
 *
 * <p>A JVM interprets at first, and compiling costs a young server about as much as the first ten
 * million values themselves: the first queries take ten times as long, and writes stall behind
 * them. So a thread sends made-up points and questions to a server of the same code with a store of
 * its own, in a directory that it removes: writes first, then queries too, then brief queries
 * alone, each until the compiler rests or the time is up. While the real server is busy it waits,
 * since real work warms better; nor does it begin at once, as those who come right after a start
 * have waited for it.
 *
 * <p>Thread-safe. Closed by whoever started it, before the process ends.
 */
public final class WarmUp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  private static final long IDLE_MILLIS = 50;

  /** So many looks in a row find the real server idle before work begins. */
  private static final int FIRST_LOOKS = 5;

  private static final long CLOSE_MILLIS = 5_000;

  /** So many small writes between two looks whether there is real work. */
  private static final int WRITES_PER_ROUND = 4;

  /** Time of work between two looks at the compiler. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Share of the time for which a compiler that rests still works. */
  private static final double RESTING = 0.15;

  /**
   * By this their time is divided for how long brief queries are asked even if the compiler rests:
   * the second one waits for the 5,000th call of a method, or the 50,000th while it has much to do.
   */
  private static final int LEAST_BRIEF_DIVISOR = 5;

  private final Opener opener;
  private final Path directory;
  private final BooleanSupplier busy;
  private final Bounds bounds;
  private final Thread thread;
  private volatile boolean stopped;

  private WarmUp(Opener opener, Path directory, BooleanSupplier busy, Bounds bounds) {
    this.opener = opener;
    this.directory = directory;
    this.busy = busy;
    this.bounds = bounds;
    thread = new Thread(this::run, "warm-up");
    thread.setDaemon(true);
  }

  /**
   * Opens a server, on loopback, for this process alone. The directory is empty, or what such a
   * server has left.
   */
  public interface Opener {
    ServerToWarm open(Path directory) throws IOException;
  }

  /** A server that may be sent anything. */
  public interface ServerToWarm extends AutoCloseable {
    URI uri();

    @Override
    void close();
  }

  /**
   * How long it may take.
   *
   * @param writes work with writes alone
   * @param queries work with queries behind that; they are of many more kinds
   * @param brief work with brief queries behind these
   * @param patience for a moment without real work
   */
  record Bounds(Duration writes, Duration queries, Duration brief, Duration patience) {
    static final Bounds DEFAULTS =
        new Bounds(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60));

    /** For a run whose only purpose this is; there is no real work to wait for. */
    static final Bounds TRAINING =
        new Bounds(
            Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ZERO);
  }

  /**
   * Begins.
   *
   * @param directory for it alone: is made, and removed at the end; what a process that was killed
   *     left there goes first
   * @param busy whether the real server has had anything to do since it was last asked; called by
   *     one thread
   */
  public static WarmUp start(Opener opener, Path directory, BooleanSupplier busy) {
    return start(opener, directory, busy, Bounds.DEFAULTS);
  }

  static WarmUp start(Opener opener, Path directory, BooleanSupplier busy, Bounds bounds) {
    WarmUp warmUp = new WarmUp(opener, directory, busy, bounds);
    warmUp.thread.start();
    return warmUp;
  }

  /**
   * Does the same for longer and on the calling thread, and starts the server once more on what it
   * has then: for a process that a JVM shall learn from.
   *
   * @param directory as for {@link #start}
   */
  public static void train(Opener opener, Path directory) throws IOException, InterruptedException {
    train(opener, directory, Bounds.TRAINING);
  }

  static void train(Opener opener, Path directory, Bounds bounds)
      throws IOException, InterruptedException {
    WarmUp warmUp = new WarmUp(opener, directory, () -> false, bounds);
    warmUp.warm(() -> opener.open(directory).close());
  }

  /**
   * @param behind what is done with the data at the end
   */
  private void warm(Work behind) throws IOException, InterruptedException {
    if (!awaitIdle(FIRST_LOOKS)) {
      return;
    }
    remove(directory);
    Files.createDirectory(directory);
    try {
      try (ServerToWarm server = opener.open(directory)) {
        work(server.uri());
      }
      behind.run();
    } finally {
      remove(directory);
    }
  }

  private void run() {
    try {
      warm(() -> {});
    } catch (IOException | RuntimeException e) {
      LOG.warn("could not warm up: {}", e.toString());
    } catch (InterruptedException e) {
      LOG.debug("warming up was interrupted");
    }
  }

  private void work(URI server) throws IOException, InterruptedException {
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    try (Traffic traffic = new Traffic(server, now)) {
      traffic.createDatabase();
      CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
      long start = System.nanoTime();
      if (repeat(() -> traffic.write(WRITES_PER_ROUND), Duration.ZERO, bounds.writes(), compiler)
          && repeat(() -> writeAndAsk(traffic), Duration.ZERO, bounds.queries(), compiler)
          && repeat(
              () -> askAndPause(traffic),
              bounds.brief().dividedBy(LEAST_BRIEF_DIVISOR),
              bounds.brief(),
              compiler)) {
        LOG.info("warmed up in {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      }
    }
  }

  private static void writeAndAsk(Traffic traffic) throws IOException {
    traffic.write(1);
    traffic.ask();
  }

  /** Asks half of the time: what is asked faster is not compiled sooner. */
  private static void askAndPause(Traffic traffic) throws IOException, InterruptedException {
    long start = System.nanoTime();
    traffic.askBriefly();
    TimeUnit.NANOSECONDS.sleep(System.nanoTime() - start);
  }

  /**
   * Repeats work until the compiler rests, or for its time; false if warming up is to end.
   *
   * @param least for how long even if the compiler rests
   */
  private boolean repeat(
      Work work, Duration least, Duration most, @Nullable CompilationMXBean compiler)
      throws IOException, InterruptedException {
    long workNanos = 0;
    boolean resting = false;
    while (workNanos < least.toNanos() || (!resting && workNanos < most.toNanos())) {
      long compiledMillis = compiledMillis(compiler);
      long lookNanos = 0;
      while (lookNanos < LOOK_NANOS) {
        if (!awaitIdle(1)) {
          return false;
        }
        long start = System.nanoTime();
        work.run();
        lookNanos += System.nanoTime() - start;
      }
      workNanos += lookNanos;
      resting = (compiledMillis(compiler) - compiledMillis) * 1e6 < RESTING * lookNanos;
    }
    return true;
  }

  /** A piece of work with the server to be warmed. */
  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static long compiledMillis(@Nullable CompilationMXBean compiler) {
    return compiler == null ? 0 : compiler.getTotalCompilationTime();
  }

  /** Waits until the real server is idle, look after look; false if warming up is to end. */
  private boolean awaitIdle(int looks) throws InterruptedException {
    long start = System.nanoTime();
    int idle = 0;
    while (!stopped) {
      idle = busy.getAsBoolean() ? 0 : idle + 1;
      if (idle == looks) {
        return true;
      }
      if (idle == 0 && System.nanoTime() - start > bounds.patience().toNanos()) {
        return false;
      }
      Thread.sleep(IDLE_MILLIS);
    }
    return false;
  }

  private static void remove(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    }
  }

  /** Waits until it has ended by itself; false if that takes longer. */
  boolean await(long millis) throws InterruptedException {
    thread.join(millis);
    return !thread.isAlive();
  }

  @Override
  public void close() {
    stopped = true;
    try {
      if (!await(CLOSE_MILLIS)) {
        LOG.warn("warming up did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
