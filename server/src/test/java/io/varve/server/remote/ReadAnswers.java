package io.varve.server.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Takes answers to remote reads apart, and makes a text of each series: {@code name{a=b} value@time
 * ...}. Fails the test if something is not as the protocol has it.
 */
public final class ReadAnswers {
  private static final long STALE = 0x7ff0000000000002L;

  private ReadAnswers() {}

  /** The series of each query in an answer of samples. */
  public static List<List<String>> samples(byte[] block) throws MalformedMessageException {
    byte[] message = SnappyBlock.decode(block, block.length, Integer.MAX_VALUE);
    List<List<String>> queries = new ArrayList<>();
    for (Proto.Field result : Proto.fields(message)) {
      assertThat(result.number()).isEqualTo(1);
      List<String> all = new ArrayList<>();
      for (Proto.Field series : Proto.fields(result.bytes())) {
        StringBuilder text = new StringBuilder(labels(series.bytes()));
        for (Proto.Field sample : Proto.fields(series.bytes(), 2)) {
          double value = 0;
          long time = 0;
          for (Proto.Field field : Proto.fields(sample.bytes())) {
            if (field.number() == 1) {
              value = field.asDouble();
            } else {
              time = field.value();
            }
          }
          text.append(sample(value, time));
        }
        all.add(text.toString());
      }
      queries.add(all);
    }
    return queries;
  }

  private static String sample(double value, long time) {
    boolean stale = Double.doubleToRawLongBits(value) == STALE;
    return " " + (stale ? "stale" : String.valueOf(value)) + "@" + time;
  }

  private static String labels(byte[] series) {
    String name = "";
    List<String> labels = new ArrayList<>();
    String previous = "";
    for (Proto.Field label : Proto.fields(series, 1)) {
      List<Proto.Field> pair = Proto.fields(label.bytes());
      assertThat(pair).hasSize(2);
      assertThat(pair.get(0).text()).isGreaterThan(previous);
      previous = pair.get(0).text();
      if (previous.equals("__name__")) {
        name = pair.get(1).text();
      } else {
        labels.add(previous + "=" + pair.get(1).text());
      }
    }
    return name + "{" + String.join(",", labels) + "}";
  }

  /** The messages of a stream, their checksums verified. */
  public static List<byte[]> frames(byte[] stream) {
    List<byte[]> frames = new ArrayList<>();
    int[] at = {0};
    while (at[0] < stream.length) {
      int length = (int) Proto.varint(stream, at);
      long claimed = 0;
      for (int i = 0; i < 4; i++) {
        claimed = claimed << 8 | (stream[at[0]++] & 0xff);
      }
      byte[] frame = Arrays.copyOfRange(stream, at[0], at[0] + length);
      at[0] += length;
      CRC32C checksum = new CRC32C();
      checksum.update(frame);
      assertThat(checksum.getValue()).isEqualTo(claimed);
      frames.add(frame);
    }
    return frames;
  }

  /** The series of each query in an answer of chunks. */
  public static List<List<String>> chunks(byte[] stream, int queryCount) {
    List<Map<String, StringBuilder>> queries = new ArrayList<>();
    for (int i = 0; i < queryCount; i++) {
      queries.add(new LinkedHashMap<>());
    }
    String last = "";
    int lastQuery = 0;
    for (byte[] frame : frames(stream)) {
      int query = 0;
      for (Proto.Field field : Proto.fields(frame, 2)) {
        query = (int) field.value();
      }
      List<Proto.Field> seriesOfFrame = Proto.fields(frame, 1);
      assertThat(seriesOfFrame).hasSize(1);
      byte[] series = seriesOfFrame.get(0).bytes();
      String labels = labels(series);
      assertThat(query).isGreaterThanOrEqualTo(lastQuery);
      boolean again = labels.equals(last) && query == lastQuery;
      assertThat(again).isEqualTo(queries.get(query).containsKey(labels));
      last = labels;
      lastQuery = query;
      StringBuilder text = queries.get(query).computeIfAbsent(labels, l -> new StringBuilder(l));
      for (Proto.Field chunk : Proto.fields(series, 2)) {
        appendChunk(chunk.bytes(), text);
      }
    }
    return queries.stream()
        .map(all -> all.values().stream().map(StringBuilder::toString).toList())
        .toList();
  }

  private static void appendChunk(byte[] chunk, StringBuilder text) {
    long first = 0;
    long last = 0;
    long encoding = 0;
    byte[] data = {};
    for (Proto.Field field : Proto.fields(chunk)) {
      switch (field.number()) {
        case 1 -> first = field.value();
        case 2 -> last = field.value();
        case 3 -> encoding = field.value();
        default -> data = field.bytes();
      }
    }
    assertThat(encoding).isEqualTo(1);
    XorDecoder decoder = new XorDecoder(data);
    List<Long> times = new ArrayList<>();
    while (decoder.next()) {
      text.append(sample(decoder.value(), decoder.time()));
      times.add(decoder.time());
    }
    assertThat(times).hasSizeBetween(1, 120);
    assertThat(times.get(0)).isEqualTo(first);
    assertThat(times.get(times.size() - 1)).isEqualTo(last);
  }
}
