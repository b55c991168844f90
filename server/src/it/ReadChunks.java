import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks a server for streamed chunks by remote read and prints them: {@code java ReadChunks.java
 * HOST:PORT METRIC START_MILLIS END_MILLIS}. One line per chunk, sorted: labels, first and last
 * time, and the bytes of the chunk, which are the same from every server that encodes the same
 * samples, but for zeros at the end: Prometheus begins the next byte early. Knows nothing of Varve, so that Varve does not check itself.
 */
public final class ReadChunks {
  private static final int STREAMED_XOR_CHUNKS = 1;

  private ReadChunks() {}

  /** Prints the chunks. */
  public static void main(String[] args) throws Exception {
    byte[] question =
        readRequest(args[1], Long.parseLong(args[2]), Long.parseLong(args[3]));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + args[0] + "/api/v1/read"))
            .header("Content-Type", "application/x-protobuf")
            .header("Content-Encoding", "snappy")
            .header("X-Prometheus-Remote-Read-Version", "0.1.0")
            .POST(HttpRequest.BodyPublishers.ofByteArray(snappy(question)))
            .build();
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (answer.statusCode() != 200 || !type.contains("ChunkedReadResponse")) {
      throw new IllegalStateException(
          answer.statusCode() + " " + type + ": " + new String(answer.body(), StandardCharsets.UTF_8));
    }
    TreeMap<String, String> lines = new TreeMap<>();
    Cursor stream = new Cursor(answer.body());
    while (stream.hasNext()) {
      int length = (int) stream.varint();
      stream.skip(Integer.BYTES);
      chunkedSeries(stream.take(length), lines);
    }
    lines.forEach((key, chunk) -> System.out.println(key + " " + chunk));
  }

  /** ChunkedReadResponse: series in field 1. */
  private static void chunkedSeries(byte[] response, Map<String, String> lines) {
    Cursor fields = new Cursor(response);
    while (fields.hasNext()) {
      int tag = (int) fields.varint();
      if (tag != (1 << 3 | 2)) {
        fields.varint();
        continue;
      }
      Cursor series = new Cursor(fields.take((int) fields.varint()));
      StringBuilder labels = new StringBuilder();
      while (series.hasNext()) {
        int field = (int) series.varint() >>> 3;
        byte[] part = series.take((int) series.varint());
        if (field == 1) {
          labels.append(label(part)).append(',');
        } else {
          chunk(part, labels.toString(), lines);
        }
      }
    }
  }

  private static String label(byte[] pair) {
    Cursor in = new Cursor(pair);
    in.varint();
    String name = new String(in.take((int) in.varint()), StandardCharsets.UTF_8);
    in.varint();
    return name + "=" + new String(in.take((int) in.varint()), StandardCharsets.UTF_8);
  }

  /** Chunk: first time, last time, encoding, data. */
  private static void chunk(byte[] chunk, String labels, Map<String, String> lines) {
    Cursor in = new Cursor(chunk);
    long[] numbers = new long[4];
    String data = "";
    while (in.hasNext()) {
      int field = (int) in.varint() >>> 3;
      if (field == 4) {
        data = HexFormat.of().formatHex(in.take((int) in.varint())).replaceAll("(00)+$", "");
      } else {
        numbers[field] = in.varint();
      }
    }
    lines.put(labels + " " + numbers[1] + ".." + numbers[2] + " encoding " + numbers[3], data);
  }

  private static byte[] readRequest(String metric, long startMillis, long endMillis) {
    ByteArrayOutputStream matcher = new ByteArrayOutputStream();
    putBytes(matcher, 2, "__name__".getBytes(StandardCharsets.UTF_8));
    putBytes(matcher, 3, metric.getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream query = new ByteArrayOutputStream();
    putNumber(query, 1, startMillis);
    putNumber(query, 2, endMillis);
    putBytes(query, 3, matcher.toByteArray());
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    putBytes(request, 1, query.toByteArray());
    putNumber(request, 2, STREAMED_XOR_CHUNKS);
    return request.toByteArray();
  }

  private static void putNumber(ByteArrayOutputStream out, int field, long value) {
    putVarint(out, (long) field << 3);
    putVarint(out, value);
  }

  private static void putBytes(ByteArrayOutputStream out, int field, byte[] bytes) {
    putVarint(out, field << 3 | 2);
    putVarint(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** A block of literals only. */
  private static byte[] snappy(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    putVarint(out, bytes.length);
    for (int from = 0; from < bytes.length; from += 60) {
      int length = Math.min(60, bytes.length - from);
      out.write(length - 1 << 2);
      out.write(bytes, from, length);
    }
    return out.toByteArray();
  }

  /** Reads from the front. */
  private static final class Cursor {
    private final byte[] bytes;
    private int at;

    Cursor(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean hasNext() {
      return at < bytes.length;
    }

    long varint() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = bytes[at++];
        value |= (b & 0x7fL) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    void skip(int count) {
      at += count;
    }

    byte[] take(int length) {
      at += length;
      return Arrays.copyOfRange(bytes, at - length, at);
    }
  }
}
