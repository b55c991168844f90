package io.varve.server.encode;

import io.varve.query.promql.Labels;
import java.util.Arrays;
import java.util.IdentityHashMap;

/**
 * Writes labels as JSON. Metrics of one series share their other labels, which are made into text
 * once for all of them: for neighbours always, and, where all series of one metric come before
 * those of the next, from the second metric on, as then it is likely that a third one follows.
 */
@SuppressWarnings(
    "ReferenceEquality") // Shared labels are one object; comparing costs more than text.
final class LabelsText {
  /** Most bytes that are kept; what is beyond is made anew each time. */
  private static final int MAX_KEPT_BYTES = 4 << 20;

  private final ByteWriter out;
  private final JsonText text;

  /** Text by the labels' object, not by what they are. */
  private final IdentityHashMap<Labels, byte[]> kept = new IdentityHashMap<>(0);

  private int keptBytes;
  private String lastMetric = "";
  private boolean isFirstMetric = true;

  /** The other labels of the series before, and their text. */
  private Labels last = Labels.EMPTY;

  private final Collected lastText = new Collected();
  private final ByteWriter lastWriter =
      new ByteWriter(lastText, new byte[ByteWriter.MIN_BUFFER_BYTES]);
  private final JsonText lastJson = new JsonText(lastWriter);

  LabelsText(ByteWriter out) {
    this.out = out;
    this.text = new JsonText(out);
  }

  /** Writes labels, without braces. */
  void write(Labels labels) {
    Labels others = labels.others();
    if (others.size() == 0 || others == labels || !labels.name(0).equals(Labels.NAME)) {
      write(labels, out, text);
      return;
    }
    String metric = labels.value(0);
    text.write(Labels.NAME);
    out.write(':');
    text.write(metric);
    out.write(',');
    writeOthers(others, metric);
  }

  private void writeOthers(Labels others, String metric) {
    boolean again = metric.equals(lastMetric);
    isFirstMetric &= again || lastMetric.isEmpty();
    lastMetric = metric;
    if (others != last) {
      byte[] known = kept.get(others);
      if (known != null) {
        out.write(known);
        return;
      }
      lastText.length = 0;
      write(others, lastWriter, lastJson);
      lastWriter.drain();
      last = others;
      if (again && !isFirstMetric && keptBytes + lastText.length <= MAX_KEPT_BYTES) {
        keptBytes += lastText.length;
        kept.put(others, Arrays.copyOf(lastText.bytes, lastText.length));
      }
    }
    out.write(lastText.bytes, 0, lastText.length);
  }

  private static void write(Labels labels, ByteWriter to, JsonText text) {
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        to.write(',');
      }
      text.write(labels.name(i));
      to.write(':');
      text.write(labels.value(i));
    }
  }

  /** Bytes in memory. */
  private static final class Collected implements ByteSink {
    private byte[] bytes = new byte[0];
    private int length;

    @Override
    public void write(byte[] from, int offset, int count) {
      if (bytes.length < length + count) {
        bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
      }
      System.arraycopy(from, offset, bytes, length, count);
      length += count;
    }

    @Override
    public void flush() {}
  }
}
