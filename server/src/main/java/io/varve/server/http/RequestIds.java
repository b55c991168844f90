package io.varve.server.http;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Makes time-based (version 1) UUIDs for requests that bring no id. Thread-safe. */
final class RequestIds {
  /** From the start of the Gregorian calendar to 1970, in units of 100 ns. */
  private static final long GREGORIAN_OFFSET = 0x01b21dd213814000L;

  private final long clockSequenceAndNode;
  private final AtomicLong lastTime = new AtomicLong();

  RequestIds() {
    long random = new SecureRandom().nextLong();
    long multicast = 1L << 40;
    clockSequenceAndNode = (random & 0x3fff_ffff_ffff_ffffL) | multicast | Long.MIN_VALUE;
  }

  String next() {
    long now = System.currentTimeMillis() * 10_000 + GREGORIAN_OFFSET;
    long time = lastTime.updateAndGet(last -> Math.max(last + 1, now));
    long timeAndVersion =
        (time << 32) | ((time >>> 16) & 0xffff_0000L) | 0x1000L | ((time >>> 48) & 0x0fff);
    return new UUID(timeAndVersion, clockSequenceAndNode).toString();
  }
}
