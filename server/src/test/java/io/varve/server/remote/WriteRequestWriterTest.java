package io.varve.server.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteRequestWriterTest {
  private final WriteRequestWriter writer = new WriteRequestWriter();
  private final RemoteWriteReader reader =
      new RemoteWriteReader((metric, type, help, unit) -> {}, 1 << 20);

  private PointBatch read(byte[] block) throws MalformedMessageException {
    int length = SnappyBlock.contentLength(block, block.length, 1 << 20);
    PointBatch batch = new PointBatch();
    reader.readV1(SnappyBlock.decode(block, block.length, 1 << 20), length, batch);
    return batch;
  }

  private static String key(PointBatch batch, int row) {
    return SeriesKey.parse(batch.keyBytes(row), batch.keyOffset(row), batch.keyLength(row))
        .toString();
  }

  @Test
  void writesWhatTheReaderReads() throws Exception {
    writer.add(List.of("__name__", "up", "instance", "a b", "job", "é"), 1, 1_000);
    writer.add(List.of("__name__", "down"), 0, 0);

    PointBatch batch = read(writer.finish());
    assertThat(reader.complaint()).isNull();
    assertThat(batch.rowCount()).isEqualTo(2);
    assertThat(key(batch, 0)).isEqualTo("up,instance=a b,job=é");
    assertThat(batch.timestampNanos(0)).isEqualTo(1_000_000_000L);
    assertThat(key(batch, 1)).isEqualTo("down");
    assertThat(batch.timestampNanos(1)).isZero();
  }

  @Test
  void beginsAnewAfterARequest() throws Exception {
    writer.add(List.of("__name__", "a"), 1, 1);
    writer.finish();
    writer.add(List.of("__name__", "b"), 2, 2);
    PointBatch batch = read(writer.finish());
    assertThat(batch.rowCount()).isEqualTo(1);
    assertThat(key(batch, 0)).isEqualTo("b");
  }
}
