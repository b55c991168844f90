package io.varve.server.encode;

import io.varve.query.promql.Labels;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Writes labels as JSON. Metrics of one series share their other labels, which are made into text
 * once for all of them: for neighbours always, and, where all series of one metric come before
 * those of the next, from the second metric on, as then it is likely that a third one follows.
 * Names of labels and metrics are made into text once.
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

  private final NameTexts names = new NameTexts("", ":");
  private final NameTexts metrics = new NameTexts("\"" + Labels.NAME + "\":", ",");

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
    out.write(metrics.of(metric));
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

  private void write(Labels labels, ByteWriter to, JsonText json) {
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        to.write(',');
      }
      to.write(names.of(labels.name(i)));
      json.write(labels.value(i));
    }
  }

  /** JSON of names with what is around them, each made once as long as there is room. */
  private static final class NameTexts {
    private static final int MAX_BYTES = 64 << 10;

    private final String before;
    private final String behind;
    private final Map<String, byte[]> texts = new HashMap<>();
    private int keptBytes;
    private final Collected made = new Collected();
    private final ByteWriter writer = new ByteWriter(made, new byte[ByteWriter.MIN_BUFFER_BYTES]);
    private final JsonText json = new JsonText(writer);

    NameTexts(String before, String behind) {
      this.before = before;
      this.behind = behind;
    }

    byte[] of(String name) {
      byte[] known = texts.get(name);
      return known == null ? make(name) : known;
    }

    private byte[] make(String name) {
      made.length = 0;
      writer.writeAscii(before);
      json.write(name);
      writer.writeAscii(behind);
      writer.drain();
      byte[] text = Arrays.copyOf(made.bytes, made.length);
      if (keptBytes + text.length <= MAX_BYTES) {
        keptBytes += text.length;
        texts.put(name, text);
      }
      return text;
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
