package io.varve.server.subscription;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.varve.server.ingest.LineProtocolParser;
import io.varve.server.ingest.Precision;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinePrinterTest {
  private static final String[] LINES = {
    "cpu,host=a,region=eu usage=1.5,idle=98.25 1700000000000000000",
    "mem used=12i,free=18446744073709551615u,ok=t,bad=f -5",
    "m\\ x\\,y,t\\=a=\\ b,k=v\\\\ f\\ 1=\"a \\\"quoted\\\" text, with = and \\\\\",g=F 5",
    "log msg=\"first\nsecond\",level=3i",
    "m v=1e300,w=-0.0,x=1e-7,y=123456789.125,z=-9223372036854775808i 1",
    "ünï,tág=wért fêld=\"日本\" 7",
  };

  private static PointBatch parse(byte[] lines) {
    PointBatch batch = new PointBatch();
    LineProtocolParser parser = new LineProtocolParser();
    parser.begin(batch, Precision.NANOSECONDS, 99);
    parser.feed(lines, 0, lines.length);
    parser.finish();
    return batch;
  }

  private static List<String> rows(PointBatch batch) {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < batch.rowCount(); row++) {
      StringBuilder text = new StringBuilder();
      int key = batch.keyOffset(row);
      int keyEnd = key + batch.keyLength(row);
      text.append(new String(Arrays.copyOfRange(batch.keyBytes(row), key, keyEnd), UTF_8));
      for (int value = batch.firstValue(row); value < batch.endValue(row); value++) {
        text.append(' ').append(text(batch, batch.nameOffset(value), batch.nameLength(value)));
        text.append('=').append(batch.type(value)).append(' ');
        text.append(
            batch.type(value) == FieldType.STRING
                ? text(batch, batch.stringOffset(value), batch.stringLength(value))
                : Long.toString(batch.bits(value)));
      }
      rows.add(text.append(' ').append(batch.timestampNanos(row)).toString());
    }
    return rows;
  }

  private static String text(PointBatch batch, int offset, int length) {
    return new String(Arrays.copyOfRange(batch.arena(), offset, offset + length), UTF_8);
  }

  @Test
  void printsWhatReadsTheSame() {
    LinePrinter printer = new LinePrinter();
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder body = new StringBuilder();
      for (int line = random.nextInt(5); line >= 0; line--) {
        body.append(LINES[random.nextInt(LINES.length)]).append('\n');
      }
      for (int change = random.nextInt(4); change > 0; change--) {
        body.setCharAt(random.nextInt(body.length()), "abt=, \\\".0-iu".charAt(random.nextInt(13)));
      }
      byte[] lines = body.toString().getBytes(UTF_8);
      PointBatch batch = parse(lines);
      printer.print(batch);
      PointBatch again = parse(printer.toBytes());
      assertThat(rows(again)).as("%s", body).isEqualTo(rows(batch));
      assertThat(printer.lines()).isEqualTo(batch.rowCount());
    }
  }

  @Test
  void leavesOutWhatLineProtocolCannotSay() {
    PointBatch batch = new PointBatch();
    batch.beginRow(SeriesKey.of("m", Map.of()));
    batch.add("a", Double.NaN);
    batch.add("b", 1.5);
    batch.endRow(1);
    batch.beginRow(SeriesKey.of("m", Map.of()));
    batch.add("a", Double.POSITIVE_INFINITY);
    batch.endRow(2);
    batch.beginRow(SeriesKey.of("m", Map.of("t", "two\nlines")));
    batch.add("a", 1L);
    batch.endRow(3);
    LinePrinter printer = new LinePrinter();
    printer.print(batch);
    assertThat(new String(printer.toBytes(), UTF_8)).isEqualTo("m b=1.5 1\n");
    assertThat(printer.lines()).isEqualTo(1);
  }
}
