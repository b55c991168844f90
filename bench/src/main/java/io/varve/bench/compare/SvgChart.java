package io.varve.bench.compare;

import java.util.List;
import java.util.Locale;

/**
 * Groups of horizontal bars as an SVG picture: in each group a bar for each series, with its value.
 *
 * <p>Bars are as long as their values on a linear scale of their group, or on one logarithmic scale
 * for all groups, where values differ by orders of magnitude.
 */
final class SvgChart {
  private static final int WIDTH = 860;
  private static final int LABELS = 210;
  private static final int VALUES = 90;
  private static final int BARS = WIDTH - LABELS - VALUES;
  private static final int BAR = 11;
  private static final int GAP = 10;
  private static final int MIN_BAR = 2;

  /** Of Okabe and Ito, which people see apart whatever their eyes. */
  private static final List<String> COLORS =
      List.of("#0072b2", "#56b4e9", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#999999");

  private final StringBuilder out = new StringBuilder();
  private int y;

  /**
   * Bars that belong together.
   *
   * @param values one for each series; NaN for none
   */
  record Group(String label, List<Double> values) {}

  /**
   * What a bar stands for.
   *
   * @param color 0 to 6, the same for the same thing in all panels
   */
  record Series(String label, int color) {}

  /** A part of the picture with a headline. */
  record Panel(String title, boolean logarithmic, List<Series> series, List<Group> groups) {}

  private SvgChart() {}

  /** The picture. */
  static String of(String title, List<Panel> panels) {
    SvgChart chart = new SvgChart();
    chart.y = 30;
    chart.text(14, chart.y, 17, "start", title);
    panels.forEach(chart::panel);
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n",
            WIDTH,
            chart.y + 20,
            WIDTH,
            chart.y + 20)
        + chart.out
        + "</svg>\n";
  }

  private void panel(Panel panel) {
    y += 36;
    text(14, y, 14, "start", panel.title());
    y += 20;
    legend(panel.series());
    y += 14;
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (Group group : panel.groups()) {
      for (double value : group.values()) {
        if (value > 0) {
          least = Math.min(least, value);
          most = Math.max(most, value);
        }
      }
    }
    for (Group group : panel.groups()) {
      group(panel, group, least, most);
    }
  }

  private void legend(List<Series> series) {
    int x = 14;
    for (Series one : series) {
      rectangle(x, y - 9, 10, 10, one.color());
      text(x + 14, y, 11, "start", one.label());
      x += 26 + 7 * one.label().length();
    }
  }

  private void group(Panel panel, Group group, double least, double most) {
    double groupMost =
        group.values().stream().filter(value -> value > 0).mapToDouble(v -> v).max().orElse(1);
    int first = y;
    for (int i = 0; i < group.values().size(); i++) {
      double value = group.values().get(i);
      if (!Double.isNaN(value)) {
        double part = panel.logarithmic() ? logarithmic(value, least, most) : value / groupMost;
        int length = (int) Math.max(MIN_BAR, Math.round(part * BARS));
        rectangle(LABELS, y, length, BAR - 1, panel.series().get(i).color());
        text(LABELS + length + 4, y + BAR - 2, 10, "start", MarkdownReport.number(value));
        y += BAR;
      }
    }
    text(LABELS - 8, first + Math.max(BAR - 2, (y - first) / 2 + 4), 11, "end", group.label());
    y += GAP;
  }

  /** Where a value lies between a little less than the least and the most. */
  private static double logarithmic(double value, double least, double most) {
    double from = Math.log(least / 2);
    return value <= 0 ? 0 : (Math.log(value) - from) / (Math.log(most) - from);
  }

  private void rectangle(int x, int top, int width, int height, int color) {
    out.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n",
            x,
            top,
            width,
            height,
            COLORS.get(color)));
  }

  private void text(int x, int baseline, int size, String anchor, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" font-size=\"%d\" text-anchor=\"%s\" fill=\"#222222\">%s</text>%n",
            x,
            baseline,
            size,
            anchor,
            escaped));
  }
}
