package io.varve.bench.tsbs;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows as line protocol with timestamps in nanoseconds. Names and tags must not need escapes. */
public final class LineWriter {
  private static final double LARGEST_WHOLE = 1L << 53;

  private final RowSource source;
  private final List<String> heads = new ArrayList<>();

  public LineWriter(RowSource source) {
    this.source = source;
    for (RowShape shape : source.shapes()) {
      StringBuilder head = new StringBuilder(shape.measurement());
      for (Map.Entry<String, String> tag : shape.tags().entrySet()) {
        head.append(',').append(tag.getKey()).append('=').append(tag.getValue());
      }
      heads.add(head.append(' ').toString());
    }
  }

  /** Appends one line with its newline. */
  public void append(StringBuilder out, int row, long step, double[] values) {
    RowShape shape = source.shapes().get(row);
    out.append(heads.get(row));
    for (int i = 0; i < shape.fields().size(); i++) {
      out.append(i == 0 ? "" : ",").append(shape.fields().get(i)).append('=');
      if (shape.integers().get(i)) {
        out.append((long) values[i]).append('i');
      } else if (Math.rint(values[i]) == values[i] && Math.abs(values[i]) < LARGEST_WHOLE) {
        out.append((long) values[i]);
      } else {
        out.append(BigDecimal.valueOf(values[i]).toPlainString());
      }
    }
    out.append(' ').append(source.timeNanos(row, step)).append('\n');
  }
}
