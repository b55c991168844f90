package io.varve.server.encode;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Writes times in nanoseconds since the epoch as an {@link Epoch} asks.
 *
 * <p>Rows of many series come with the same time one after the other, so the last text is kept.
 * Text needs the calendar only when the day changes: the date of the last one is kept, and so is
 * the zone's offset until its clocks change next. For one thread.
 */
final class TimeWriter {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long SECONDS_PER_DAY = 86_400;

  /** More than any time needs. */
  private static final int MAX_BYTES = 64;

  private final ByteWriter out;
  private final Epoch epoch;

  private final byte[] last = new byte[MAX_BYTES];
  private int lastLength;
  private long lastTime;
  private char lastQuote;

  private ZoneRules zone = ZoneOffset.UTC.getRules();
  private int offsetSeconds;

  /** The seconds since the epoch between which {@link #offsetSeconds} holds: [from, to). */
  private long offsetFrom = Long.MIN_VALUE;

  private long offsetTo = Long.MAX_VALUE;

  private long day = Long.MIN_VALUE;
  private int year;
  private int month;
  private int dayOfMonth;

  TimeWriter(ByteWriter out, Epoch epoch) {
    this.out = out;
    this.epoch = epoch;
  }

  /** Chooses the zone of the texts that follow; UTC before the first call. */
  void useZone(ZoneId newZone) {
    zone = newZone.getRules();
    lastLength = 0;
    offsetFrom = Long.MAX_VALUE;
    offsetTo = Long.MIN_VALUE;
  }

  /** Writes a number, or text between the given quotes; 0 for no quotes. */
  void write(long timestampNanos, char quote) {
    out.reserve(MAX_BYTES);
    if (timestampNanos == lastTime && lastLength > 0 && quote == lastQuote) {
      out.write(last, 0, lastLength);
      return;
    }
    int start = out.position();
    if (epoch == Epoch.RFC3339) {
      writeText(timestampNanos, quote);
    } else {
      writeNumber(timestampNanos);
    }
    lastTime = timestampNanos;
    lastQuote = quote;
    lastLength = out.position() - start;
    System.arraycopy(out.array(), start, last, 0, lastLength);
  }

  /** Writes a number, in nanoseconds if the epoch is text. */
  void writeNumber(long timestampNanos) {
    out.writeLong(epoch == Epoch.RFC3339 ? timestampNanos : timestampNanos / epoch.nanos());
  }

  private void writeText(long timestampNanos, char quote) {
    long second = Math.floorDiv(timestampNanos, NANOS_PER_SECOND);
    int nanos = (int) (timestampNanos - second * NANOS_PER_SECOND);
    if (second < offsetFrom || second >= offsetTo) {
      findOffset(second);
    }
    long localSecond = second + offsetSeconds;
    long newDay = Math.floorDiv(localSecond, SECONDS_PER_DAY);
    if (newDay != day) {
      setDay(newDay);
    }
    int secondOfDay = (int) (localSecond - newDay * SECONDS_PER_DAY);
    if (quote != 0) {
      out.put(quote);
    }
    out.putPadded(year, 4);
    out.put('-');
    out.putPadded(month, 2);
    out.put('-');
    out.putPadded(dayOfMonth, 2);
    out.put('T');
    out.putPadded(secondOfDay / 3600, 2);
    out.put(':');
    out.putPadded(secondOfDay / 60 % 60, 2);
    out.put(':');
    out.putPadded(secondOfDay % 60, 2);
    if (nanos != 0) {
      int digits = 9;
      while (nanos % 10 == 0) {
        nanos /= 10;
        digits--;
      }
      out.put('.');
      out.putPadded(nanos, digits);
    }
    writeOffset();
    if (quote != 0) {
      out.put(quote);
    }
  }

  private void writeOffset() {
    if (offsetSeconds == 0) {
      out.put('Z');
      return;
    }
    int minutes = Math.abs(offsetSeconds) / 60;
    out.put(offsetSeconds < 0 ? '-' : '+');
    out.putPadded(minutes / 60, 2);
    out.put(':');
    out.putPadded(minutes % 60, 2);
  }

  private void findOffset(long second) {
    Instant instant = Instant.ofEpochSecond(second);
    offsetSeconds = zone.getOffset(instant).getTotalSeconds();
    // The transition before an instant does not include one at that very instant.
    ZoneOffsetTransition last = zone.previousTransition(instant.plusNanos(1));
    ZoneOffsetTransition next = zone.nextTransition(instant);
    offsetFrom = last == null ? Long.MIN_VALUE : last.toEpochSecond();
    offsetTo = next == null ? Long.MAX_VALUE : next.toEpochSecond();
  }

  /** The civil date in years that begin in March, so that leap days come last in them. */
  private void setDay(long newDay) {
    day = newDay;
    long sinceMarch0000 = newDay + 719_468;
    long era = Math.floorDiv(sinceMarch0000, 146_097L);
    long dayOfEra = sinceMarch0000 - era * 146_097L;
    long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int marchMonth = (int) ((5 * dayOfYear + 2) / 153);
    dayOfMonth = (int) (dayOfYear - (153L * marchMonth + 2) / 5 + 1);
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
    year = (int) (yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
  }
}
