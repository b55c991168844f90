package io.varve.bench.compare;

import java.io.PrintStream;
import java.util.function.Supplier;

/** Lines that say what is under way, with the seconds since the start. Thread-safe. */
final class Progress {
  private static final long INTERVAL_NANOS = 3_000_000_000L;

  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private long lastNanos = startNanos;

  Progress(PrintStream out) {
    this.out = out;
  }

  /** Prints a line. */
  synchronized void say(String text) {
    lastNanos = System.nanoTime();
    out.printf("[%4d s] %s%n", (lastNanos - startNanos) / 1_000_000_000, text);
  }

  /** Prints a line if the last one is some seconds ago. */
  synchronized void update(Supplier<String> text) {
    if (System.nanoTime() - lastNanos > INTERVAL_NANOS) {
      say(text.get());
    }
  }
}
