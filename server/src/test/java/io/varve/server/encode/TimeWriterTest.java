package io.varve.server.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimeWriterTest {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final CollectingSink sink = new CollectingSink();
  private final ByteWriter out = new ByteWriter(sink);
  private final TimeWriter times = new TimeWriter(out, Epoch.RFC3339);

  private String write(long timestampNanos) {
    times.write(timestampNanos, (char) 0);
    out.flush();
    return sink.take();
  }

  @Test
  void printsTheOffsetOfTheZoneBeforeAndAfterItsClocksChange() {
    times.useZone(ZoneId.of("Europe/Berlin"));
    long change = Instant.parse("2023-10-29T01:00:00Z").getEpochSecond() * NANOS_PER_SECOND;
    assertThat(write(change - 1)).isEqualTo("2023-10-29T02:59:59.999999999+02:00");
    assertThat(write(change)).isEqualTo("2023-10-29T02:00:00+01:00");
    assertThat(write(change - NANOS_PER_SECOND)).isEqualTo("2023-10-29T02:59:59+02:00");
    times.useZone(ZoneId.of("America/St_Johns"));
    assertThat(write(change)).isEqualTo("2023-10-28T22:30:00-02:30");
    times.useZone(ZoneOffset.UTC);
    assertThat(write(change)).isEqualTo("2023-10-29T01:00:00Z");
  }

  @Test
  void readsBackInAnyZone() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    String[] zones = {"UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"};
    for (int i = 0; i < 20_000; i++) {
      if (i % 100 == 0) {
        times.useZone(ZoneId.of(zones[random.nextInt(zones.length)]));
      }
      // From 1970 on: older offsets have seconds, which RFC 3339 cannot print.
      long timestampNanos = random.nextLong(Long.MAX_VALUE);
      Instant read = OffsetDateTime.parse(write(timestampNanos)).toInstant();
      assertThat(read.getEpochSecond() * NANOS_PER_SECOND + read.getNano())
          .describedAs("seed %d", seed)
          .isEqualTo(timestampNanos);
    }
  }
}
