package io.varve.server.encode;

import static io.varve.server.encode.TestCursor.column;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.ResultColumn.Kind;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ImmutableValue;
import org.msgpack.value.Value;

class MsgPackEncoderTest {
  private static final long T = 1_700_000_000_120_000_000L;

  private final CollectingSink sink = new CollectingSink();
  private final TestCursor answer = new TestCursor();

  private List<ImmutableValue> encode(Epoch epoch, int chunkRows) throws Exception {
    new MsgPackEncoder(new ByteWriter(sink), epoch, chunkRows, 1 << 24).encode(answer);
    return documents();
  }

  private List<ImmutableValue> documents() throws Exception {
    List<ImmutableValue> documents = new ArrayList<>();
    try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(sink.takeBytes())) {
      while (unpacker.hasNext()) {
        documents.add(unpacker.unpackValue());
      }
    }
    return documents;
  }

  @Test
  void writesTheStructureOfTheJsonAnswer() throws Exception {
    answer.statement();
    answer
        .statement()
        .warning("careful")
        .series("cpu", Map.of("host", "a", "dc", ""), "time", "v")
        .block(column(Kind.TIME, 1L, 2L), column(Kind.FLOAT, 1.5, null))
        .block(column(Kind.TIME, 3L), column(Kind.FLOAT, Double.NaN));
    answer.statement().series("databases", Map.of(), "name");
    answer.statement().error("gone");
    assertThat(encode(Epoch.NANOSECONDS, 0).get(0).toJson())
        .isEqualTo(
            "{\"results\":[{\"statement_id\":0,\"series\":[]},"
                + "{\"statement_id\":1,\"series\":[{\"name\":\"cpu\",\"tags\":{\"dc\":\"\",\"host\":\"a\"},"
                + "\"columns\":[\"time\",\"v\"],\"values\":[[1,1.5],[2,null],[3,null]]}],"
                + "\"messages\":[{\"level\":\"warning\",\"text\":\"careful\"}]},"
                + "{\"statement_id\":2,\"series\":[{\"name\":\"databases\",\"columns\":[\"name\"],"
                + "\"values\":[]}]},{\"error\":\"gone\"}]}");
  }

  @Test
  void writesTimesAsTheExtensionOfInfluxDb() throws Exception {
    answer
        .statement()
        .series("m", Map.of(), "time", "t")
        .block(column(Kind.TIME, T, -1L), column(Kind.TIME, Long.MIN_VALUE, Long.MAX_VALUE));
    Value rows = values(encode(Epoch.RFC3339, 0).get(0));
    assertThat(nanos(cell(rows, 0, 0))).isEqualTo(T);
    assertThat(nanos(cell(rows, 0, 1))).isEqualTo(Long.MIN_VALUE);
    assertThat(nanos(cell(rows, 1, 0))).isEqualTo(-1);
    assertThat(nanos(cell(rows, 1, 1))).isEqualTo(Long.MAX_VALUE);
  }

  private static Value values(Value document) {
    Value series = get(get(document, "results").asArrayValue().get(0), "series");
    return get(series.asArrayValue().get(0), "values");
  }

  private static Value get(Value map, String key) {
    return map.asMapValue().map().entrySet().stream()
        .filter(member -> member.getKey().asStringValue().asString().equals(key))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static Value cell(Value rows, int row, int column) {
    return rows.asArrayValue().get(row).asArrayValue().get(column);
  }

  private static long nanos(Value time) {
    assertThat(time.asExtensionValue().getType()).isEqualTo((byte) 5);
    ByteBuffer bytes = ByteBuffer.wrap(time.asExtensionValue().getData());
    assertThat(bytes.remaining()).isEqualTo(12);
    long seconds = bytes.getLong();
    int nanos = bytes.getInt();
    assertThat(nanos).isBetween(0, 999_999_999);
    return seconds * 1_000_000_000L + nanos;
  }

  @Test
  void keepsEveryNumberAndText() throws Exception {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    int count = 5_000;
    @Nullable Object[] longs = new Object[count];
    @Nullable Object[] doubles = new Object[count];
    @Nullable Object[] texts = new Object[count];
    for (int i = 0; i < count; i++) {
      long bits = random.nextLong() >> random.nextInt(64);
      longs[i] = i % 64 == 0 ? null : (Object) bits;
      double number = Double.longBitsToDouble(random.nextLong());
      doubles[i] = Double.isNaN(number) ? null : (Object) number;
      texts[i] = "é".repeat(i % 100 == 0 ? random.nextInt(40_000) : random.nextInt(300));
    }
    answer
        .statement()
        .series("m", Map.of(), "i", "u", "f", "s", "b")
        .block(
            column(Kind.INTEGER, longs),
            column(Kind.UNSIGNED, longs),
            column(Kind.FLOAT, doubles),
            column(Kind.STRING, texts),
            column(Kind.BOOLEAN, Collections.nCopies(count, 1).toArray()));
    Value rows = values(encode(Epoch.NANOSECONDS, 0).get(0));
    for (int i = 0; i < count; i++) {
      if (longs[i] instanceof Long number) {
        assertThat(cell(rows, i, 0).asIntegerValue().asLong()).as("seed " + seed).isEqualTo(number);
        assertThat(cell(rows, i, 1).asIntegerValue().asBigInteger())
            .as("seed " + seed)
            .isEqualTo(new BigInteger(Long.toUnsignedString(number)));
      } else {
        assertThat(cell(rows, i, 0).isNilValue()).isTrue();
      }
      if (doubles[i] instanceof Double number) {
        assertThat(cell(rows, i, 2).asFloatValue().toDouble()).as("seed " + seed).isEqualTo(number);
      }
      assertThat(cell(rows, i, 3).asStringValue().asString())
          .as("seed " + seed)
          .isEqualTo(texts[i]);
      assertThat(cell(rows, i, 4).asBooleanValue().getBoolean()).isTrue();
    }
  }

  @Test
  void takesTheShortestFormOfAnInteger() throws Exception {
    long[] edges = {
      0,
      1,
      127,
      128,
      255,
      256,
      65_535,
      65_536,
      0xffff_ffffL,
      0x1_0000_0000L,
      Long.MAX_VALUE,
      -1,
      -32,
      -33,
      -128,
      -129,
      -32_768,
      -32_769,
      Integer.MIN_VALUE,
      Integer.MIN_VALUE - 1L,
      Long.MIN_VALUE
    };
    for (long edge : edges) {
      CollectingSink own = new CollectingSink();
      ByteWriter out = new ByteWriter(own);
      MsgPackBuffer buffer = new MsgPackBuffer(64);
      buffer.writeLong(edge);
      buffer.drainTo(out);
      out.flush();
      try (var packer = MessagePack.newDefaultBufferPacker()) {
        packer.packLong(edge);
        assertThat(own.takeBytes()).isEqualTo(packer.toByteArray());
      }
    }
  }

  @Test
  void cutsChunksAtRowsAndSeries() throws Exception {
    TestCursor.Statement statement = answer.statement().warning("late");
    statement
        .series("a", Map.of(), "time")
        .block(column(Kind.TIME, 1L, 2L))
        .block(column(Kind.TIME, 3L));
    statement.series("b", Map.of(), "time").block(column(Kind.TIME, 4L));
    answer.statement().error("gone");
    List<ImmutableValue> chunks = encode(Epoch.NANOSECONDS, 2);
    assertThat(chunks.stream().map(Value::toJson))
        .containsExactly(
            "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"a\",\"columns\":[\"time\"],"
                + "\"values\":[[1],[2]],\"partial\":true}],\"partial\":true}]}",
            "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"a\",\"columns\":[\"time\"],"
                + "\"values\":[[3]]}],\"partial\":true}]}",
            "{\"results\":[{\"statement_id\":0,\"series\":[{\"name\":\"b\",\"columns\":[\"time\"],"
                + "\"values\":[[4]]}],"
                + "\"messages\":[{\"level\":\"warning\",\"text\":\"late\"}]}]}",
            "{\"results\":[{\"error\":\"gone\"}]}");
    assertThat(sink.flushes).isGreaterThanOrEqualTo(4);
  }

  @Test
  void cutsChunksEarlyThatGrowLarge() throws Exception {
    int rows = 3 * MsgPackEncoder.MAX_CHUNK_BYTES / 10_000;
    answer
        .statement()
        .series("m", Map.of(), "s")
        .block(column(Kind.STRING, Collections.nCopies(rows, "x".repeat(10_000)).toArray()));
    List<ImmutableValue> chunks = encode(Epoch.NANOSECONDS, Integer.MAX_VALUE);
    assertThat(chunks).hasSizeBetween(3, 4);
    int seen = 0;
    for (ImmutableValue chunk : chunks) {
      seen += values(chunk).asArrayValue().size();
    }
    assertThat(seen).isEqualTo(rows);
  }

  @Test
  void refusesADocumentOverTheLimitBeforeItsFirstByte() {
    answer
        .statement()
        .series("m", Map.of(), "s")
        .block(column(Kind.STRING, Collections.nCopies(100, "x".repeat(1000)).toArray()));
    MsgPackEncoder encoder = new MsgPackEncoder(new ByteWriter(sink), Epoch.RFC3339, 0, 50_000);
    assertThatThrownBy(() -> encoder.encode(answer))
        .isInstanceOf(AnswerTooLargeException.class)
        .hasMessageContaining("50000 bytes")
        .hasMessageContaining("chunked=true");
    assertThat(sink.takeBytes()).isEmpty();
  }

  @Test
  void readsBackByTheHeaderOfTheExtension() throws Exception {
    answer.statement().series("m", Map.of(), "time").block(column(Kind.TIME, T));
    new MsgPackEncoder(new ByteWriter(sink), Epoch.RFC3339, 0, 1000).encode(answer);
    byte[] bytes = sink.takeBytes();
    try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(bytes, bytes.length - 15, 15)) {
      ExtensionTypeHeader header = unpacker.unpackExtensionTypeHeader();
      assertThat(header.getType()).isEqualTo((byte) 5);
      assertThat(header.getLength()).isEqualTo(12);
    }
  }
}
