package io.varve.server.socket;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs what senders without an answer do wrong: at most one line every ten seconds, with how many
 * were left out. Thread-safe.
 */
final class Complaints {
  static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int MAX_CHARS = 500;

  private final Logger log;
  private final String door;
  private final LongSupplier nanoClock;
  private boolean any;
  private long loggedNanos;
  private long silent;

  Complaints(Logger log, String door, LongSupplier nanoClock) {
    this.log = log;
    this.door = door;
    this.nanoClock = nanoClock;
  }

  synchronized void add(String complaint) {
    long now = nanoClock.getAsLong();
    if (any && now - loggedNanos < INTERVAL_NANOS) {
      silent++;
      return;
    }
    any = true;
    loggedNanos = now;
    String shown =
        complaint.length() > MAX_CHARS ? complaint.substring(0, MAX_CHARS) + "..." : complaint;
    log.warn("{}: {} (and {} more before)", door, shown.replace('\n', ' '), silent);
    silent = 0;
  }
}
