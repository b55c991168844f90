package io.varve.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random and mutated bodies, cut into random chunks, against {@link ReferenceParser}. */
class LineProtocolFuzzTest {
  private static final long SEED = Long.getLong("varve.seed", 20_261_121L);
  private static final long NOW = 1_700_000_000_123_456_789L;
  private static final List<Precision> PRECISIONS = List.of(Precision.values());
  private static final int BODIES = 40_000;

  private static final String[] LINES = {
    "cpu,host=a,region=eu usage=1.5,idle=98.25 1700000000000000000",
    "cpu,host=a,region=eu usage=2.5,idle=97 1700000001000000000",
    "cpu,region=eu,host=b usage=1e3,idle=-0.5 17",
    "mem used=12i,free=18446744073709551615u,ok=t",
    "m\\ x\\,y,t\\=a=\\ b,k=v\\\\ f\\ 1=\"a \\\"quoted\\\" text, with = and \\\\\",g=F 5",
    "log msg=\"first\nsecond\",level=3i",
    "# a \"comment",
    "m time=1,v=2",
    "m,time=1 v=2",
    "m v=1,v=2,w=3,v=4i",
    "m,a=1,a=2 v=1",
    "  \t v=1 v=1",
    "m v=9223372036854775807i,w=-9223372036854775808i -9223372036854775806",
    "m v=123456789012345678901234567890.5,w=.5,x=5.,y=1e-400,z=-0.0",
    "m v=00000000000000000000000000000000000001,w=12345678901234567u",
  };
  private static final String ALPHABET = "abt=, \\\"\n\r\t\0#.0123456789-+eEiuTF";

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final LineProtocolParser parser = new LineProtocolParser();
  private final PointBatch reused = new PointBatch();

  @Test
  void agreesWithThePlainReadingOnMutatedBodies() {
    for (int i = 0; i < BODIES; i++) {
      check(mutatedBody(), i);
    }
  }

  @Test
  void agreesWithThePlainReadingOnRandomBytes() {
    for (int i = 0; i < BODIES; i++) {
      byte[] body = new byte[random.nextInt(80)];
      boolean anyByte = random.nextInt(4) == 0;
      for (int at = 0; at < body.length; at++) {
        body[at] =
            anyByte
                ? (byte) random.nextInt(256)
                : (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
      }
      check(body, i);
    }
  }

  @Test
  void agreesWithThePlainReadingOnWhatIsExpected() {
    int expectedRows = 0;
    for (int sender = 0; sender < 100; sender++) {
      String[] series = new String[1 + random.nextInt(8)];
      char[][] types = new char[series.length][1 + random.nextInt(6)];
      for (int i = 0; i < series.length; i++) {
        series[i] = (random.nextBoolean() ? "cpu" : "m\\ x") + ",host=" + i;
        for (int field = 0; field < types[i].length; field++) {
          types[i][field] = "ifu".charAt(random.nextInt(3));
        }
      }
      PointBatch batch = new PointBatch();
      for (int round = 0; round < 40; round++) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < series.length; i++) {
          String line = series[i] + " " + fields(types[i]) + " " + (1000 + round);
          body.append(random.nextInt(20) == 0 ? mutate(line) : line).append('\n');
        }
        check(body.toString().getBytes(StandardCharsets.ISO_8859_1), round, batch);
        for (int row = 0; row < batch.rowCount(); row++) {
          expectedRows += batch.fieldList(row) >= 0 ? 1 : 0;
        }
      }
    }
    assertThat(expectedRows).isGreaterThan(1000);
  }

  private String fields(char[] types) {
    StringBuilder text = new StringBuilder();
    for (int field = 0; field < types.length; field++) {
      text.append(field == 0 ? "" : ",")
          .append("usage_of_something".substring(field * 3))
          .append('=');
      text.append(random.nextInt(3) == 0 && types[field] != 'u' ? "-" : "");
      text.append(digits(1 + random.nextInt(random.nextInt(8) == 0 ? 20 : 8)));
      if (types[field] != 'f') {
        text.append(types[field]);
      } else if (random.nextBoolean()) {
        text.append('.').append(digits(random.nextInt(random.nextInt(8) == 0 ? 20 : 8)));
      }
    }
    return text.toString();
  }

  private String digits(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append((char) ('0' + random.nextInt(10)));
    }
    return text.toString();
  }

  private void check(byte[] body, int round) {
    // One that is used again remembers the keys it had.
    check(body, round, random.nextBoolean() ? new PointBatch() : reused);
  }

  private void check(byte[] body, int round, PointBatch batch) {
    Precision precision = PRECISIONS.get(random.nextInt(PRECISIONS.size()));
    ReferenceParser expected = new ReferenceParser(precision, NOW);
    expected.parse(body);
    batch.clear();
    parser.begin(batch, precision, NOW);
    boolean whole = random.nextInt(3) == 0;
    int at = 0;
    while (at < body.length) {
      int chunk = whole ? body.length : 1 + random.nextInt(random.nextBoolean() ? 5 : 500);
      int length = Math.min(body.length - at, chunk);
      parser.feed(body, at, length);
      at += length;
    }
    parser.finish();
    String what =
        "seed %d, round %d, body <%s>"
            .formatted(SEED, round, new String(body, StandardCharsets.ISO_8859_1));
    assertThat(ReferenceParser.BatchText.of(batch)).as(what).isEqualTo(expected.points);
    assertThat(parser.failedLines()).as(what).isEqualTo(expected.errors.size());
    assertThat(parser.droppedRows()).as(what).isEqualTo(expected.dropped);
    assertReasons(parser.errors(), expected.errors, what);
  }

  private static void assertReasons(String errors, List<String> reasons, String what) {
    int at = 0;
    for (String reason : reasons.subList(0, Math.min(reasons.size(), 90))) {
      int found = errors.indexOf("': " + reason, at);
      assertThat(found).as(what + " should report " + reason + " in " + errors).isNotNegative();
      at = found + 1;
    }
  }

  private byte[] mutatedBody() {
    StringBuilder body = new StringBuilder();
    int lines = 1 + random.nextInt(6);
    for (int i = 0; i < lines; i++) {
      String line = LINES[random.nextInt(LINES.length)];
      body.append(random.nextInt(3) == 0 ? mutate(line) : line);
      body.append(random.nextInt(20) == 0 ? "\r\n" : "\n");
    }
    if (random.nextBoolean()) {
      body.setLength(body.length() - 1);
    }
    return body.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private String mutate(String line) {
    StringBuilder text = new StringBuilder(line);
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      char other = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, other);
        case 2 -> text.setCharAt(at, other);
        default -> text.setLength(at);
      }
    }
    return text.toString();
  }
}
