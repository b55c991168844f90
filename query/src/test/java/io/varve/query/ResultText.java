package io.varve.query;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers as lines of text: what scripts expect. */
final class ResultText {
  private static final long SECOND_NANOS = 1_000_000_000L;

  private ResultText() {}

  /** Reads a cursor to its end and closes it. */
  static List<String> read(ResultCursor cursor) {
    List<List<String>> statements = new ArrayList<>();
    try (cursor) {
      while (cursor.nextStatement()) {
        statements.add(statement(cursor));
      }
    }
    if (statements.size() == 1) {
      return statements.get(0);
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < statements.size(); i++) {
      lines.add("statement " + i);
      lines.addAll(statements.get(i));
    }
    return lines;
  }

  private static List<String> statement(ResultCursor cursor) {
    List<String> lines = new ArrayList<>();
    cursor.warnings().forEach(warning -> lines.add("warning: " + warning));
    while (cursor.nextSeries()) {
      ResultSeries series = cursor.series();
      lines.add(
          (series.name().isEmpty() ? "-" : series.name())
              + tags(series.tags())
              + ": "
              + String.join(" ", series.columns()));
      int columns = series.columns().size();
      while (cursor.nextBlock()) {
        lines.addAll(rows(cursor.block(), columns));
        cursor.shareBlocks(block -> rows(block, columns), lines::addAll);
      }
    }
    if (cursor.error() != null) {
      lines.add("error: " + cursor.error());
    }
    return lines;
  }

  private static String tags(Map<String, String> tags) {
    return tags.isEmpty() ? "" : " " + tags;
  }

  /** The rows of a block. */
  static List<String> rows(ResultBlock block, int columns) {
    List<String> lines = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      askForArray(block.column(c));
    }
    for (int row = 0; row < block.rowCount(); row++) {
      List<String> cells = new ArrayList<>();
      for (int c = 0; c < columns; c++) {
        cells.add(cell(block.column(c), row));
      }
      lines.add(String.join(" ", cells));
    }
    return lines;
  }

  /** As encoders do, before they look at rows: a column of nulls has an array too. */
  private static void askForArray(ResultColumn column) {
    Object array =
        switch (column.kind()) {
          case FLOAT -> column.doubles();
          case STRING, LIST -> column.strings();
          case TIME, INTEGER, UNSIGNED, BOOLEAN -> column.longs();
        };
    if (array == null) {
      throw new AssertionError("no array of " + column.kind());
    }
  }

  static String cell(ResultColumn column, int row) {
    if (column.isNull(row)) {
      return "null";
    }
    return switch (column.kind()) {
      case LIST ->
          "[" + new String(column.strings()[row], StandardCharsets.UTF_8).replace('\n', ' ') + "]";
      case TIME -> time(column.longs()[row]);
      case INTEGER -> column.longs()[row] + "i";
      case UNSIGNED -> Long.toUnsignedString(column.longs()[row]) + "u";
      case BOOLEAN -> column.longs()[row] == 1 ? "true" : "false";
      case FLOAT -> String.valueOf(column.doubles()[row]).replaceAll("\\.0$", "");
      case STRING -> '"' + new String(column.strings()[row], StandardCharsets.UTF_8) + '"';
    };
  }

  /** Whole seconds as such, for reading. */
  static String time(long nanos) {
    return nanos % SECOND_NANOS == 0 ? nanos / SECOND_NANOS + "s" : nanos + "ns";
  }
}
