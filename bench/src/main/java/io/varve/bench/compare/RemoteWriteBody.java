package io.varve.bench.compare;

import io.varve.bench.tsbs.RowShape;
import io.varve.bench.tsbs.RowSource;
import io.varve.server.remote.SnappyBlock;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Rows as requests of Prometheus' remote write 1.0: each value is a series of its own, named {@code
 * measurement_field}, or just as the measurement if the field is called {@code value}.
 */
final class RemoteWriteBody implements BodyBuilder {
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;

  private final RowSource source;

  /** For each row, the labels of each field. */
  private final List<List<byte[]>> labels = new ArrayList<>();

  private final ByteArrayOutputStream request = new ByteArrayOutputStream();

  RemoteWriteBody(RowSource source) {
    this.source = source;
    for (RowShape shape : source.shapes()) {
      labels.add(shape.fields().stream().map(field -> labels(shape, field)).toList());
    }
  }

  private static byte[] labels(RowShape shape, String field) {
    SortedMap<String, String> pairs = new TreeMap<>(shape.tags());
    String metric = field.equals("value") ? "" : "_" + field;
    pairs.put("__name__", shape.measurement() + metric);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pairs.forEach(
        (name, value) -> {
          ByteArrayOutputStream label = new ByteArrayOutputStream();
          putBytes(label, 1, name.getBytes(StandardCharsets.UTF_8));
          putBytes(label, 2, value.getBytes(StandardCharsets.UTF_8));
          putBytes(out, 1, label.toByteArray());
        });
    return out.toByteArray();
  }

  @Override
  public void add(int row, long step, double[] values) {
    long millis = source.timeNanos(row, step) / 1_000_000;
    List<byte[]> fields = labels.get(row);
    for (int i = 0; i < fields.size(); i++) {
      ByteArrayOutputStream sample = new ByteArrayOutputStream(20);
      putVarint(sample, 1 << 3 | FIXED64);
      long bits = Double.doubleToRawLongBits(values[i]);
      for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
        sample.write((int) (bits >>> shift));
      }
      putVarint(sample, 2 << 3);
      putVarint(sample, millis);
      byte[] own = fields.get(i);
      int sampleHead = 2; // tag and length, one byte each
      putVarint(request, 1 << 3 | BYTES);
      putVarint(request, own.length + sampleHead + sample.size());
      request.writeBytes(own);
      putBytes(request, 2, sample.toByteArray());
    }
  }

  /** The compressed request. */
  @Override
  public byte[] finish() {
    byte[] content = request.toByteArray();
    request.reset();
    return SnappyBlock.encode(content, content.length);
  }

  private static void putBytes(ByteArrayOutputStream out, int field, byte[] value) {
    putVarint(out, (long) field << 3 | BYTES);
    putVarint(out, value.length);
    out.writeBytes(value);
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
