package io.varve.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LineProtocolParserTest {
  private static final long NOW = 1_700_000_000_123_456_789L;

  private final LineProtocolParser parser = new LineProtocolParser();
  private final PointBatch batch = new PointBatch();

  private List<String> parse(String body) {
    return parse(body, Precision.NANOSECONDS);
  }

  private List<String> parse(String body, Precision precision) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    batch.clear();
    parser.begin(batch, precision, NOW);
    parser.feed(bytes, 0, bytes.length);
    parser.finish();
    return ReferenceParser.BatchText.of(batch);
  }

  private String errorOf(String line) {
    assertThat(parse(line)).isEmpty();
    assertThat(parser.failedLines()).isEqualTo(1);
    String prefix = "unable to parse '" + line + "': ";
    assertThat(parser.errors()).startsWith(prefix);
    return parser.errors().substring(prefix.length());
  }

  @Test
  void readsEveryTypeOfField() {
    assertThat(parse("m f=1.5,i=-2i,u=3u,b=true,s=\"x\" 7"))
        .containsExactly(
            "m {} {f=FLOAT:"
                + Long.toHexString(Double.doubleToRawLongBits(1.5))
                + ", i=INTEGER:-2, u=UNSIGNED:3, b=BOOLEAN:1, s=STRING:x} @7");
    assertThat(parser.errors()).isEmpty();
  }

  @Test
  void writesTheCanonicalKeyWithTagsInOrder() {
    parse("m\\ 1,z=1,a\\,b=2\\=3 v=1");
    byte[] key = SeriesKey.of("m 1", Map.of("z", "1", "a,b", "2=3")).toBytes();
    assertThat(batch.arena()).containsSubsequence(key);
    assertThat(SeriesKey.parse(batch.keyBytes(0), batch.keyOffset(0), batch.keyLength(0)).tags())
        .containsExactly(Map.entry("a,b", "2=3"), Map.entry("z", "1"));
  }

  @Test
  void sortsAnyNumberOfTagsInAnyOrder() {
    SplittableRandom random = new SplittableRandom(7);
    for (int count : new int[] {2, 9, 31, 32, 33, 100, 1000}) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        keys.add("a-long-common-prefix".substring(0, random.nextInt(20)) + i);
      }
      Collections.shuffle(keys, new Random(count));
      parse("m," + String.join("=x,", keys) + "=x v=1");
      Collections.sort(keys);
      SeriesKey key = SeriesKey.parse(batch.keyBytes(0), batch.keyOffset(0), batch.keyLength(0));
      assertThat(key.tags().keySet()).containsExactlyElementsOf(keys);
      int at = batch.keyOffset(0);
      assertThat(Arrays.copyOfRange(batch.keyBytes(0), at, at + batch.keyLength(0)))
          .isEqualTo(key.toBytes());
      parse("m," + String.join("=x,", keys) + "=x," + keys.get(count / 2) + "=y v=1");
      assertThat(parser.errors()).endsWith("duplicate tags");
    }
  }

  @Test
  void readsTheLongestTimestamps() {
    assertThat(parse("m v=1i 9223372036854775806").get(0)).endsWith("@9223372036854775806");
    assertThat(parse("m v=1i -9223372036854775806").get(0)).endsWith("@-9223372036854775806");
    assertThat(parse("m v=1i 00000000000000000000000000007").get(0)).endsWith("@7");
    assertThat(errorOf("m v=1i -9223372036854775808"))
        .isEqualTo("time outside range -9223372036854775806 - 9223372036854775806");
    assertThat(errorOf("m v=1i 9223372036854775808"))
        .isEqualTo("strconv.ParseInt: parsing \"9223372036854775808\": value out of range");
    assertThat(errorOf("m v=1i 99999999999999999999999")).endsWith("value out of range");
  }

  @Test
  void sharesTheKeyOfLinesThatFollowEachOther() {
    parse("m,a=1,b=2 v=1 1\nm,a=1,b=2 v=2 2\nm,b=2,a=1 v=3 3\nm,a=1,b=3 v=4 4");
    assertThat(batch.rowCount()).isEqualTo(4);
    assertThat(batch.sameKeyAsPrevious(1)).isTrue();
    assertThat(batch.sameKeyAsPrevious(2)).isTrue();
    assertThat(batch.sameKeyAsPrevious(3)).isFalse();
  }

  @Test
  void tellsTheDecimalsOfFloats() {
    parse("m a=1.50,b=2,c=0.001,d=1e3,e=12.5e-3,f=1e-20,g=0.10000000000000000000001,h=0.0");
    int[] decimals = new int[batch.valueCount()];
    for (int i = 0; i < decimals.length; i++) {
      decimals[i] = batch.decimals(i);
    }
    assertThat(decimals).containsExactly(1, 0, 3, 0, 4, 15, 15, 0);
  }

  @Test
  void cutsTheServerTimeToThePrecision() {
    assertThat(parse("m v=1i", Precision.SECONDS))
        .containsExactly("m {} {v=INTEGER:1} @1700000000000000000");
    assertThat(parse("m v=1i", Precision.HOURS).get(0)).endsWith("@1699999200000000000");
  }

  @Test
  void multipliesTimestampsByThePrecision() {
    assertThat(parse("m v=1i 3", Precision.MINUTES).get(0)).endsWith("@180000000000");
    parse("m v=1i 9223372036854775807", Precision.MILLISECONDS);
    assertThat(parser.errors())
        .endsWith("time outside range -9223372036854775806 - 9223372036854775806");
  }

  @Test
  void reportsWhatIsWrongAndKeepsTheGoodLines() {
    assertThat(parse("m v=1i 1\nm v= 2\nm v=3i 3\nm,x v=1\n"))
        .containsExactly("m {} {v=INTEGER:1} @1", "m {} {v=INTEGER:3} @3");
    assertThat(parser.errors())
        .isEqualTo(
            "unable to parse 'm v= 2': missing field value\n"
                + "unable to parse 'm,x v=1': missing tag value");
  }

  @Test
  void namesTheFault() {
    assertThat(errorOf("m")).isEqualTo("missing fields");
    assertThat(errorOf(",t=a v=1")).isEqualTo("missing measurement");
    assertThat(errorOf("m,=a v=1")).isEqualTo("missing tag key");
    assertThat(errorOf("m,t= v=1")).isEqualTo("missing tag value");
    assertThat(errorOf("m,t=a=b v=1")).isEqualTo("invalid tag format");
    assertThat(errorOf("m,t=a,t=b v=1")).isEqualTo("duplicate tags");
    assertThat(errorOf("m v")).isEqualTo("invalid field format");
    assertThat(errorOf("m =1")).isEqualTo("missing field key");
    assertThat(errorOf("m v=\"a")).isEqualTo("unbalanced quotes");
    assertThat(errorOf("m v=\"a\"b")).isEqualTo("invalid field format");
    assertThat(errorOf("m v=yes")).isEqualTo("invalid boolean");
    assertThat(errorOf("m v=+1")).isEqualTo("invalid boolean");
    assertThat(errorOf("m v=1x")).isEqualTo("invalid number");
    assertThat(errorOf("m v=0x10")).isEqualTo("invalid number");
    assertThat(errorOf("m v=NaN")).isEqualTo("invalid number");
    assertThat(errorOf("m v=1e999")).isEqualTo("invalid float");
    assertThat(errorOf("m v=-1u")).isEqualTo("invalid number");
    assertThat(errorOf("m v=9223372036854775808i"))
        .isEqualTo(
            "unable to parse integer 9223372036854775808: strconv.ParseInt: parsing"
                + " \"9223372036854775808\": value out of range");
    assertThat(errorOf("m v=1 x")).isEqualTo("bad timestamp");
    assertThat(errorOf("m v=1 1\r")).isEqualTo("bad timestamp");
    assertThat(errorOf("m v=1 1 2")).isEqualTo("point is invalid");
  }

  @Test
  void ignoresEmptyLinesAndComments() {
    assertThat(parse("")).isEmpty();
    assertThat(parse("\n \n\t\n#m v=1\n  # \"x\n")).isEmpty();
    assertThat(parser.failedLines()).isZero();
  }

  @Test
  void letsTheLastOfEqualFieldsWin() {
    assertThat(parse("m v=1i,w=2i,v=3i 1")).containsExactly("m {} {w=INTEGER:2, v=INTEGER:3} @1");
    StringBuilder many = new StringBuilder("m ");
    for (int i = 0; i < 100; i++) {
      many.append("f").append(i % 50).append('=').append(i).append("i,");
    }
    many.setLength(many.length() - 1);
    parse(many + " 1");
    assertThat(batch.valueCount()).isEqualTo(50);
    assertThat(batch.bits(0)).isEqualTo(50);
  }

  @Test
  void dropsWhatMayNotBeStored() {
    assertThat(parse("m,time=x v=1i\nm time=1i\nm v=2i,time=1i 5"))
        .containsExactly("m {} {v=INTEGER:2} @5");
    assertThat(parser.failedLines()).isZero();
    assertThat(parser.droppedRows()).isEqualTo(2);
    assertThat(parser.complaint())
        .isEqualTo("invalid tag key: input tag \"time\" on measurement \"m\" is invalid");
  }

  @Test
  void dropsPointsWithStringsOverTheLimit() {
    String longest = "x".repeat(PointBatch.MAX_STRING_BYTES);
    parse("m s=\"" + longest + "\"");
    assertThat(batch.rowCount()).isEqualTo(1);
    parse("m s=\"" + longest + "y\",v=1\nm v=1");
    assertThat(batch.rowCount()).isEqualTo(1);
    assertThat(parser.complaint())
        .isEqualTo("input field \"s\" on measurement \"m\" is too long, 1048577 > 1048576");
  }

  @Test
  void boundsTheLengthOfKeys() {
    parse("a".repeat(65_527) + " v=1,value=2");
    assertThat(parser.errors()).endsWith("max key length exceeded: 65536 > 65535");
    parse("a".repeat(65_527) + " v=1");
    assertThat(batch.rowCount()).isEqualTo(1);
  }

  @Test
  void refusesALineOverTheLimitAndGoesOnBehindIt() {
    byte[] piece = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
    parser.begin(batch, Precision.NANOSECONDS, NOW);
    for (int i = 0; i <= LineProtocolParser.MAX_LINE_BYTES >> 16; i++) {
      parser.feed(piece, 0, piece.length);
    }
    byte[] rest = " v=1\nm v=1i 5\n".getBytes(StandardCharsets.UTF_8);
    parser.feed(rest, 0, rest.length);
    parser.finish();
    assertThat(ReferenceParser.BatchText.of(batch)).containsExactly("m {} {v=INTEGER:1} @5");
    assertThat(parser.errors()).endsWith("...': line of 8454148 bytes is longer than 8388608");
  }

  @Test
  void boundsTheErrorsItReports() {
    parse("bad\n".repeat(LineProtocolParser.MAX_REPORTED_LINES + 7));
    assertThat(parser.failedLines()).isEqualTo(107);
    assertThat(parser.errors().lines()).hasSize(101);
    assertThat(parser.errors()).endsWith("\nunable to parse 7 more lines");
  }
}
