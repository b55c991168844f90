package io.varve.server.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.promql.histogram.FloatHistogram;
import io.varve.query.promql.histogram.HistogramCodec;
import io.varve.query.promql.histogram.HistogramFormatException;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RemoteWriteReaderTest {
  private static final long SEED = Long.getLong("varve.seed", 20_261_121L);
  private static final long STALE = 0x7ff0000000000002L;
  private static final int MAX_BATCH_BYTES = 10_000_000;

  private final List<String> told = new ArrayList<>();
  private final RemoteWriteReader reader =
      new RemoteWriteReader(
          (metric, type, help, unit) -> told.add(metric + "|" + type + "|" + help + "|" + unit),
          MAX_BATCH_BYTES);
  private final PointBatch batch = new PointBatch();

  private List<String> readV1(Proto request) throws MalformedMessageException {
    batch.clear();
    byte[] message = request.toBytes();
    reader.readV1(message, message.length, batch);
    return rows();
  }

  private List<String> readV2(Proto request) throws MalformedMessageException {
    batch.clear();
    byte[] message = request.toBytes();
    reader.readV2(message, message.length, batch);
    return rows();
  }

  /** Series, value and time of each row; fails if it is not one float or histogram. */
  private List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < batch.rowCount(); row++) {
      int value = batch.firstValue(row);
      assertThat(batch.endValue(row)).isEqualTo(value + 1);
      SeriesKey key =
          SeriesKey.parse(batch.keyBytes(row), batch.keyOffset(row), batch.keyLength(row));
      assertThat(key.toBytes()).hasSize(batch.keyLength(row));
      String field = text(batch.nameOffset(value), batch.nameLength(value));
      if (batch.type(value) == FieldType.STRING) {
        assertThat(field).isEqualTo("native_histogram");
        rows.add(row(key, histogram(value), batch.timestampNanos(row)));
      } else {
        assertThat(field).isEqualTo("value");
        rows.add(row(key, Double.longBitsToDouble(batch.bits(value)), batch.timestampNanos(row)));
      }
    }
    return rows;
  }

  private String histogram(int value) {
    String text = text(batch.stringOffset(value), batch.stringLength(value));
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    try {
      return HistogramCodec.isStale(bytes) ? "stale" : describe(HistogramCodec.decode(bytes));
    } catch (HistogramFormatException e) {
      throw new AssertionError(e);
    }
  }

  private static String describe(FloatHistogram histogram) {
    return histogram.schema()
        + " "
        + histogram.hint()
        + " "
        + histogram.count()
        + " "
        + histogram.sum()
        + " "
        + histogram.zeroThreshold()
        + " "
        + histogram.zeroCount()
        + (" n[" + histogram.negative() + "] p[" + histogram.positive() + "] ")
        + histogram.bounds();
  }

  private String text(int offset, int length) {
    return new String(batch.arena(), offset, length, StandardCharsets.UTF_8);
  }

  private static String row(SeriesKey key, double value, long nanos) {
    return row(key, Long.toHexString(Double.doubleToRawLongBits(value)), nanos);
  }

  private static String row(SeriesKey key, String value, long nanos) {
    return key.measurement() + new TreeMap<>(key.tags()) + " " + value + " @" + nanos;
  }

  private static String row(String metric, Map<String, String> tags, double value, long nanos) {
    return row(SeriesKey.of(metric, tags), value, nanos);
  }

  private void assertRefused(Proto series, String complaint) throws MalformedMessageException {
    Proto request =
        new Proto().message(1, series).message(1, Proto.series(1, 1, "__name__", "good"));
    assertThat(readV1(request)).containsExactly(row("good", Map.of(), 1, 1_000_000));
    assertThat(reader.complaint()).isEqualTo(complaint);
    assertThat(reader.refusedSamples()).isEqualTo(1);
    assertThat(reader.samples()).isEqualTo(1);
  }

  @Test
  void readsSeriesWithUnsortedLabels() throws Exception {
    Proto series =
        Proto.series(1.5, 1_000, "zone", "z", "__name__", "up", "Job", "j", "empty", "", "ä", "ö")
            .message(2, Proto.sample(2.5, 2_000));
    Map<String, String> tags = Map.of("zone", "z", "Job", "j", "ä", "ö");
    assertThat(readV1(new Proto().message(1, series)))
        .containsExactly(row("up", tags, 1.5, 1_000_000_000), row("up", tags, 2.5, 2_000_000_000));
    assertThat(reader.complaint()).isNull();
    assertThat(reader.samples()).isEqualTo(2);
  }

  @Test
  void sortsManyLabelsThatComeInTheWrongOrder() throws Exception {
    Proto series = new Proto().message(1, Proto.label("__name__", "m"));
    Map<String, String> tags = new TreeMap<>();
    for (int i = 3_000; i > 0; i--) {
      String name = String.format("l%05d", i);
      tags.put(name, "v");
      series.message(1, Proto.label(name, "v"));
    }
    series.message(2, Proto.sample(1, 1));
    assertThat(readV1(new Proto().message(1, series)))
        .containsExactly(row("m", tags, 1, 1_000_000));
  }

  @Test
  void takesWhatIsMissingForZero() throws Exception {
    Proto series =
        new Proto()
            .message(1, Proto.label("__name__", "m"))
            .message(2, new Proto())
            .message(2, new Proto().varint(2, 5))
            .message(2, new Proto().number(1, 7));
    assertThat(readV1(new Proto().message(1, series)))
        .containsExactly(
            row("m", Map.of(), 0, 0), row("m", Map.of(), 0, 5_000_000), row("m", Map.of(), 7, 0));
  }

  @Test
  void passesOverFieldsItDoesNotKnow() throws Exception {
    Proto sample = new Proto().varint(9, 1).number(10, 2).fixed32(11, 3).text(12, "x").varint(2, 4);
    Proto label = Proto.label("__name__", "m").varint(3, 1).text(4, "?");
    Proto series = new Proto().message(1, label).message(2, sample).text(90, "x").fixed32(91, 1);
    Proto request = new Proto().text(2, "reserved").message(1, series).number(77, 1);
    assertThat(readV1(request)).containsExactly(row("m", Map.of(), 0, 4_000_000));
    // A known number with another wire type is not the field.
    assertThat(readV1(new Proto().varint(1, 5).message(1, Proto.series(1, 1, "__name__", "m"))))
        .hasSize(1);
  }

  @Test
  void keepsTheBitsOfSpecialValues() throws Exception {
    double[] values = {
      Double.longBitsToDouble(STALE),
      Double.longBitsToDouble(0xfff8000000abcdefL),
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      -0.0,
      Double.MIN_VALUE,
      Double.MAX_VALUE
    };
    for (double value : values) {
      assertThat(readV1(new Proto().message(1, Proto.series(value, 1, "__name__", "m"))))
          .containsExactly(row("m", Map.of(), value, 1_000_000));
    }
  }

  @Test
  void refusesOnlyTimestampsThatDoNotFitIntoNanoseconds() throws Exception {
    long most = Long.MAX_VALUE / 1_000_000;
    for (long time : new long[] {0, -1, -62_135_596_800L, most, -most}) {
      assertThat(readV1(new Proto().message(1, Proto.series(1, time, "__name__", "m"))))
          .containsExactly(row("m", Map.of(), 1, time * 1_000_000));
    }
    for (long time : new long[] {most + 1, -most - 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertRefused(
          Proto.series(1, time, "__name__", "m"), "timestamp " + time + " is out of range");
    }
  }

  @Test
  void leavesOutSeriesWhoseLabelsAreWrong() throws Exception {
    assertRefused(Proto.series(1, 1), "the series has no metric name");
    assertRefused(Proto.series(1, 1, "a", "b"), "the series has no metric name");
    assertRefused(Proto.series(1, 1, "__name__", ""), "the series has no metric name");
    assertRefused(
        Proto.series(1, 1, "__name__", "m", "b", "1", "a", "2", "b", "3"),
        "label name \"b\" is repeated");
    assertRefused(
        Proto.series(1, 1, "__name__", "m", "__name__", "n"),
        "label name \"__name__\" is repeated");
    assertRefused(Proto.series(1, 1, "__name__", "m", "", "x"), "a label has no name");
    Proto broken = new Proto().text(1, "x").bytes(2, new byte[] {'a', (byte) 0xc3});
    assertRefused(
        Proto.series(1, 1, "__name__", "m").message(1, broken), "label \"x\" is not UTF-8");
    Proto surrogate =
        new Proto().text(1, "x").bytes(2, new byte[] {(byte) 0xed, (byte) 0xa0, 0x20});
    assertRefused(
        Proto.series(1, 1, "__name__", "m").message(1, surrogate), "label \"x\" is not UTF-8");
  }

  @Test
  void refusesKeysThatAreTooLongAndNoShorterOnes() throws Exception {
    // Three bytes of length for the value, one for each of the other three texts.
    int fits = SeriesKey.MAX_BYTES - 1 - 1 - 1 - 1 - 3;
    Proto longest = Proto.series(1, 1, "__name__", "m", "l", "v".repeat(fits));
    readV1(new Proto().message(1, longest));
    assertThat(reader.complaint()).isNull();
    assertThat(batch.keyLength(0)).isEqualTo(SeriesKey.MAX_BYTES);
    assertRefused(
        Proto.series(1, 1, "__name__", "m", "l", "v".repeat(fits + 1)),
        "the labels take more than 65535 bytes");
    Proto many =
        new Proto().message(1, Proto.label("__name__", "m")).message(2, Proto.sample(1, 1));
    for (int i = 0; i < 20_000; i++) {
      many.message(1, Proto.label("l" + i, ""));
    }
    assertRefused(many, "the series has more than 16383 labels");
  }

  @Test
  void passesOverExemplars() throws Exception {
    Proto series =
        Proto.series(1, 1, "__name__", "m")
            .message(3, new Proto().number(2, 1))
            .message(3, new Proto().number(2, 2));
    assertThat(readV1(new Proto().message(1, series))).hasSize(1);
    assertThat(reader.exemplars()).isEqualTo(2);
    assertThat(reader.complaint()).isNull();
    readV1(new Proto().message(1, Proto.series(1, 1, "__name__", "m")));
    assertThat(reader.exemplars()).isZero();
  }

  // ---- histograms

  private static Proto span(long offset, long length) {
    return new Proto().varint(1, zigZag(offset)).varint(2, length);
  }

  private static long zigZag(long value) {
    return value << 1 ^ value >> 63;
  }

  private static Proto doubles(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putDouble(value);
    }
    return new Proto().bytes(1, bytes.array());
  }

  /** A list of doubles as a field. */
  private static Proto doubles(Proto message, int field, double... values) {
    return message.bytes(field, Proto.fields(doubles(values).toBytes()).get(0).bytes());
  }

  private List<String> readHistogram(Proto histogram) throws MalformedMessageException {
    Proto series =
        new Proto().message(1, Proto.label("__name__", "h")).message(4, histogram.varint(15, 1));
    return readV1(new Proto().message(1, series));
  }

  private static String histogram(String expected) {
    return "h{} " + expected + " @1000000";
  }

  @Test
  void readsHistogramsOfIntegers() throws Exception {
    Proto histogram =
        new Proto()
            .varint(1, 21)
            .number(3, 18.5)
            .varint(4, zigZag(-1))
            .number(5, 0.001)
            .varint(6, 4)
            .message(8, span(-2, 1))
            .packed(9, zigZag(3))
            .message(11, span(0, 2))
            .message(11, span(2, 2))
            .packed(12, zigZag(1), zigZag(1), zigZag(3), zigZag(1))
            .varint(14, 3);
    assertThat(readHistogram(histogram))
        .containsExactly(
            histogram("-1 GAUGE 21.0 18.5 0.001 4.0 n[-2:3.0] p[0:1.0 1:2.0 4:5.0 5:6.0] []"));
    assertThat(reader.histograms()).isEqualTo(1);
    assertThat(reader.samples() + reader.refusedHistograms()).isZero();
  }

  @Test
  void readsHistogramsOfFloatsAndWithCustomBuckets() throws Exception {
    Proto floats = new Proto().number(2, 2.5).number(3, 1).number(7, 0.5).message(11, span(1, 2));
    assertThat(readHistogram(doubles(floats, 13, 1.5, 0.5)))
        .containsExactly(histogram("0 UNKNOWN 2.5 1.0 0.0 0.5 n[] p[1:1.5 2:0.5] []"));
    Proto custom =
        new Proto()
            .varint(1, 3)
            .varint(4, zigZag(-53))
            .message(11, span(1, 2))
            .packed(12, zigZag(1), zigZag(1));
    assertThat(readHistogram(doubles(custom, 16, 0.5, 10)))
        .containsExactly(histogram("-53 UNKNOWN 3.0 0.0 0.0 0.0 n[] p[1:1.0 2:2.0] [0.5, 10.0]"));
  }

  @Test
  void storesTheMarkerThatAHistogramHasEnded() throws Exception {
    Proto marker = new Proto().number(3, Double.longBitsToDouble(0x7ff0000000000002L));
    assertThat(readHistogram(marker)).containsExactly(histogram("stale"));
  }

  @Test
  void refusesHistogramsThatMakeNoSense() throws Exception {
    record Case(String complaint, Proto histogram) {}
    for (Case wrong :
        List.of(
            new Case(
                "the buckets of a histogram have 0.0 observations, its count is 1.0",
                new Proto().varint(1, 1)),
            new Case(
                "histogram schema 9 is not from -4 to 8, nor -53",
                new Proto().varint(4, zigZag(9))),
            new Case(
                "histogram schema 4294967296 is out of range",
                new Proto().varint(4, zigZag(1L << 32))),
            new Case("the count of a histogram is -1.0", new Proto().number(2, -1)),
            new Case("the zero threshold of a histogram is -1.0", new Proto().number(5, -1)),
            new Case(
                "the zero bucket of a histogram has -1.0 observations", new Proto().number(7, -1)),
            new Case(
                "the positive spans of a histogram need 2 buckets, there are 1",
                new Proto().varint(1, 1).message(11, span(0, 2)).packed(12, 2)),
            new Case(
                "the negative spans of a histogram need 0 buckets, there are 1",
                new Proto().varint(1, 1).packed(9, 2)),
            new Case(
                "the positive spans of a histogram go too far: at most 8192 buckets",
                new Proto().message(11, span(0, 1 << 20))),
            new Case(
                "the positive spans of a histogram go too far: at most 8192 buckets",
                new Proto().message(11, span(0, 1)).message(11, span(-1, 1)).packed(12, 2, 2)),
            new Case(
                "bucket 0 of a histogram has -1.0 observations",
                new Proto().message(11, span(0, 1)).packed(12, zigZag(-1))),
            new Case(
                "a histogram has positive buckets as integers and as floats",
                doubles(new Proto().message(11, span(0, 2)).packed(12, 2), 13, 1)),
            new Case(
                "the custom bounds of a histogram are not ascending: 2.0, 2.0",
                doubles(new Proto().varint(4, zigZag(-53)), 16, 2, 2)),
            new Case(
                "a custom bound of a histogram is Infinity",
                doubles(new Proto().varint(4, zigZag(-53)), 16, 2, Double.POSITIVE_INFINITY)),
            new Case(
                "a histogram with exponential buckets has custom bounds",
                doubles(new Proto(), 16, 2)),
            new Case(
                "a histogram with custom buckets has a zero bucket or negative ones",
                new Proto().varint(4, zigZag(-53)).number(7, 1)),
            new Case(
                "a histogram with 1 custom bounds has buckets from 2 to 2",
                doubles(
                    new Proto()
                        .varint(1, 1)
                        .varint(4, zigZag(-53))
                        .message(11, span(2, 1))
                        .packed(12, 2),
                    16,
                    2)))) {
      assertThat(readHistogram(wrong.histogram())).as(wrong.complaint()).isEmpty();
      assertThat(reader.complaint()).isEqualTo(wrong.complaint());
      assertThat(reader.refusedHistograms()).isEqualTo(1);
    }
  }

  @Test
  void tellsMetadata() throws Exception {
    readV1(
        new Proto()
            .message(3, new Proto().varint(1, 1).text(2, "hits").text(4, "Hits.").text(5, "1"))
            .message(3, new Proto().text(4, "no name")));
    assertThat(told).containsExactly("hits|1|Hits.|1");
  }

  // ---- 2.0

  private static Proto symbols(String... symbols) {
    Proto request = new Proto();
    for (String symbol : symbols) {
      request.text(4, symbol);
    }
    return request;
  }

  private static Proto seriesV2(long... refs) {
    return new Proto().packed(1, refs).message(2, Proto.sample(1, 1));
  }

  @Test
  void readsPackedAndSingleReferences() throws Exception {
    Proto single = new Proto().varint(1, 1).varint(1, 2).varint(1, 3).packed(1, 4);
    single.message(2, Proto.sample(2, 2).varint(3, 1));
    Proto request =
        symbols("", "__name__", "m", "a", "b").message(5, seriesV2(3, 4, 1, 2)).message(5, single);
    assertThat(readV2(request))
        .containsExactly(
            row("m", Map.of("a", "b"), 1, 1_000_000), row("m", Map.of("a", "b"), 2, 2_000_000));
  }

  @Test
  void findsSymbolsBehindTheSeries() throws Exception {
    Proto request = new Proto().message(5, seriesV2(1, 2)).text(4, "").text(4, "__name__");
    assertThat(readV2(request.text(4, "m"))).containsExactly(row("m", Map.of(), 1, 1_000_000));
  }

  @Test
  void leavesOutSeriesWhoseReferencesAreWrong() throws Exception {
    record Case(String complaint, long... refs) {}
    for (Case wrong :
        List.of(
            new Case("the number of label references is odd", 1, 2, 0),
            new Case("a label refers to symbol 3, there are 3", 1, 3),
            new Case("a label refers to symbol 2147483647, there are 3", -1, 2),
            new Case("a label refers to symbol 2147483647, there are 3", 1, Long.MAX_VALUE),
            new Case("the series has no metric name"),
            new Case("the series has no metric name", 1, 0))) {
      Proto request = symbols("", "__name__", "m").message(5, seriesV2(wrong.refs()));
      assertThat(readV2(request.message(5, seriesV2(1, 2)))).as(wrong.complaint()).hasSize(1);
      assertThat(reader.complaint()).isEqualTo(wrong.complaint());
      assertThat(reader.refusedSamples()).isEqualTo(1);
    }
    assertThatThrownBy(() -> readV2(symbols("x")))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("the first symbol has to be the empty string");
  }

  @Test
  void countsHistogramsAndExemplarsOf20() throws Exception {
    Proto series = new Proto().packed(1, 1, 2).message(3, new Proto()).message(4, new Proto());
    assertThat(readV2(symbols("", "__name__", "m").message(5, series))).hasSize(1);
    assertThat(reader.histograms()).isEqualTo(1);
    assertThat(reader.exemplars()).isEqualTo(1);
  }

  @Test
  void tellsMetadataOf20OncePerRunOfSeries() throws Exception {
    Proto metadata = new Proto().varint(1, 2).varint(3, 3).varint(4, 99);
    Proto request =
        symbols("", "__name__", "m", "Help.", "n", "l")
            .message(5, seriesV2(1, 2).message(5, metadata))
            .message(5, seriesV2(1, 2, 5, 5).message(5, metadata))
            .message(5, seriesV2(1, 4).message(5, metadata))
            .message(5, seriesV2(1, 4));
    readV2(request);
    assertThat(told).containsExactly("m|2|Help.|", "n|2|Help.|");
  }

  @Test
  void readsTableOfTenMegabytesOfSymbols() throws Exception {
    Proto request = symbols("", "__name__", "m", "l");
    String padding = "x".repeat(100);
    for (int i = 0; i < 100_000; i++) {
      request.text(4, padding + i);
    }
    assertThat(readV2(request.message(5, seriesV2(1, 2, 3, 100_003))))
        .containsExactly(row("m", Map.of("l", padding + 99_999), 1, 1_000_000));
    assertThat(reader.isSmall()).isFalse();
  }

  @Test
  void refusesFewBytesThatMeanVeryManyInTheBatch() throws Exception {
    Proto request = symbols("", "__name__", "m", "l", "v".repeat(60_000));
    for (int i = 0; i < 1_000; i++) {
      request.message(5, seriesV2(1, 2, 3, 4));
    }
    assertThatThrownBy(() -> readV2(request))
        .isInstanceOf(MessageTooLargeException.class)
        .hasMessageContaining("more than 10000000 bytes in memory");
    assertThat(batch.arena().length).isLessThan(2 * MAX_BATCH_BYTES);
    Proto series = new Proto().message(1, Proto.label("__name__", "m"));
    for (int i = 0; i < 300_000; i++) {
      series.message(2, new Proto());
    }
    assertThatThrownBy(() -> readV1(new Proto().message(1, series)))
        .isInstanceOf(MessageTooLargeException.class);
  }

  // ---- damage

  @Test
  void refusesTruncatedMessages() {
    byte[] message =
        new Proto().message(1, Proto.series(1, 1, "__name__", "m", "a", "b")).toBytes();
    for (int length = 1; length < message.length; length++) {
      int cut = length;
      assertThatThrownBy(() -> reader.readV1(message, cut, batch))
          .as("%d bytes", cut)
          .isInstanceOf(MalformedMessageException.class)
          .hasMessageStartingWith("protobuf: the message is damaged at byte ");
    }
  }

  @Test
  void readsRandomRequestsOfBothVersionsAlike() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 2_000; round++) {
      Proto v1 = new Proto();
      Proto v2 = symbols("");
      List<String> symbols = new ArrayList<>(List.of(""));
      List<String> expected = new ArrayList<>();
      for (int s = random.nextInt(5); s > 0; s--) {
        addSeries(random, v1, v2, symbols, expected);
      }
      assertThat(readV1(v1)).as("seed %d, round %d", SEED, round).isEqualTo(expected);
      assertThat(readV2(v2)).as("seed %d, round %d", SEED, round).isEqualTo(expected);
      mutate(random, v1.toBytes());
      mutate(random, v2.toBytes());
    }
  }

  private static void addSeries(
      SplittableRandom random, Proto v1, Proto v2, List<String> symbols, List<String> expected) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("__name__", "metric" + random.nextInt(5));
    for (int l = random.nextInt(6); l > 0; l--) {
      labels.put("l" + random.nextInt(100), "ü".repeat(random.nextInt(90)));
    }
    Proto series1 = new Proto();
    Proto series2 = new Proto();
    List<Map.Entry<String, String>> order = new ArrayList<>(labels.entrySet());
    for (int i = order.size(); i > 0; i--) {
      Map.Entry<String, String> label = order.remove(random.nextInt(i));
      series1.message(1, Proto.label(label.getKey(), label.getValue()));
      series2.packed(1, symbol(label.getKey(), symbols, v2), symbol(label.getValue(), symbols, v2));
    }
    String metric = labels.remove("__name__");
    labels.values().removeIf(String::isEmpty);
    for (int i = random.nextInt(4); i > 0; i--) {
      double value = Double.longBitsToDouble(random.nextLong());
      long time = random.nextLong(-1L << 42, 1L << 42);
      series1.message(2, Proto.sample(value, time));
      series2.message(2, Proto.sample(value, time));
      expected.add(row(String.valueOf(metric), labels, value, time * 1_000_000));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      addHistogram(
          random, series1, series2, SeriesKey.of(String.valueOf(metric), labels), expected);
    }
    v1.message(1, series1);
    v2.message(5, series2);
  }

  /** The same in integers and in floats. */
  private static void addHistogram(
      SplittableRandom random, Proto series1, Proto series2, SeriesKey key, List<String> expected) {
    int from = random.nextInt(-20, 20);
    int size = random.nextInt(1, 8);
    long[] differences = new long[size];
    double[] counts = new double[size];
    long before = 0;
    long total = 0;
    StringBuilder buckets = new StringBuilder();
    for (int i = 0; i < size; i++) {
      long count = random.nextLong(1, 100);
      differences[i] = zigZag(count - before);
      counts[i] = count;
      before = count;
      total += count;
      buckets.append(i == 0 ? "" : " ").append(from + i).append(':').append((double) count);
    }
    long time = random.nextLong(1L << 42);
    double sum = random.nextDouble();
    Proto integers = new Proto().varint(1, total).packed(12, differences);
    Proto floats = doubles(new Proto().number(2, (double) total), 13, counts);
    for (Proto histogram : List.of(integers, floats)) {
      histogram.number(3, sum).message(11, span(from, size)).varint(15, time);
    }
    series1.message(4, integers);
    series2.message(3, floats);
    String value = "0 UNKNOWN " + (double) total + " " + sum + " 0.0 0.0 n[] p[" + buckets + "] []";
    expected.add(row(key, value, time * 1_000_000));
  }

  private static long symbol(String text, List<String> symbols, Proto request) {
    if (!symbols.contains(text)) {
      symbols.add(text);
      request.text(4, text);
    }
    return symbols.indexOf(text);
  }

  /** Damaged messages are read or refused: any other exception fails the test. */
  private void mutate(SplittableRandom random, byte[] message) {
    for (int i = 0; i < 10 && message.length > 0; i++) {
      byte[] damaged = Arrays.copyOf(message, 1 + random.nextInt(message.length));
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      read(damaged, true);
      read(damaged, false);
    }
  }

  private void read(byte[] message, boolean first) {
    batch.clear();
    try {
      if (first) {
        reader.readV1(message, message.length, batch);
      } else {
        reader.readV2(message, message.length, batch);
      }
      assertThat(rows()).hasSize(reader.samples() + reader.histograms());
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
