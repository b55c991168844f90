package io.varve.bench.compare;

import io.varve.bench.compare.Results.Asked;
import io.varve.bench.peer.Peer;
import io.varve.bench.tsbs.QueryType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The tables of a comparison: one of the load, one of the queries, each with ratios to Varve. */
final class MarkdownReport {
  private static final String FIRST = "varve";

  private final Results results;
  private final StringBuilder out = new StringBuilder();

  /**
   * What the tables are about.
   *
   * @param title of the page
   * @param lines of text below it
   * @param peers all that took part
   * @param missing names and reasons of those that could not, or did not come to the end
   */
  record Header(String title, List<String> lines, List<Peer> peers, List<String> missing) {}

  private MarkdownReport(Results results) {
    this.results = results;
  }

  /** The page. */
  static String of(Header header, Results results, List<QueryType> types) {
    MarkdownReport report = new MarkdownReport(results);
    report.head(header);
    report.loads();
    if (!results.asked().isEmpty()) {
      report.queries(types);
      report.details(types);
    }
    return report.out.toString();
  }

  private void head(Header header) {
    out.append("# ").append(header.title()).append("\n\n");
    header.lines().forEach(line -> out.append(line).append('\n'));
    out.append('\n');
    row(List.of("server", "version", "what an acknowledged write is"));
    rule(3);
    for (Peer peer : header.peers()) {
      row(List.of(peer.name(), peer.version(), peer.durability()));
    }
    for (String missing : header.missing()) {
      row(List.of(missing, "**missing**", "-"));
    }
    out.append("\nA ratio (x) is the figure divided by Varve's.\n");
  }

  private void loads() {
    List<String> peers = results.peers();
    out.append("\n## Load\n\n");
    List<String> heads = new ArrayList<>(List.of("figure, median of rounds"));
    heads.addAll(peers);
    row(heads);
    rule(heads.size());
    for (Figure figure : Figure.values()) {
      OptionalDouble ours = results.median(FIRST, figure);
      List<String> cells = new ArrayList<>();
      for (String peer : peers) {
        OptionalDouble value = results.median(peer, figure);
        cells.add(value.isEmpty() ? "-" : cell(value.getAsDouble(), ratio(peer, value, ours)));
      }
      if (cells.stream().anyMatch(cell -> !cell.equals("-"))) {
        String better = figure.moreIsBetter() ? " (more is better)" : "";
        cells.add(0, figure.label() + better);
        row(cells);
      }
    }
  }

  private static OptionalDouble ratio(String peer, OptionalDouble value, OptionalDouble ours) {
    boolean none = peer.equals(FIRST) || ours.isEmpty() || ours.getAsDouble() == 0;
    return none
        ? OptionalDouble.empty()
        : OptionalDouble.of(value.getAsDouble() / ours.getAsDouble());
  }

  private void queries(List<QueryType> types) {
    out.append("\n## Queries: p50 in ms\n\n");
    List<Asked> asked = results.asked();
    List<String> heads = new ArrayList<>(List.of("type"));
    asked.forEach(one -> heads.add(one.label()));
    heads.add("answers");
    row(heads);
    rule(heads.size());
    for (QueryType type : types) {
      List<String> cells = new ArrayList<>(List.of(type.label()));
      for (Asked one : asked) {
        OptionalDouble p50 = results.p50(one, type);
        cells.add(p50.isEmpty() ? "-" : cell(p50.getAsDouble(), ratio(one, type)));
      }
      cells.add(answers(type));
      row(cells);
    }
    List<String> cells = new ArrayList<>(List.of("geometric mean of ratios"));
    for (Asked one : asked) {
      OptionalDouble mean =
          types.stream()
              .map(type -> ratio(one, type))
              .filter(OptionalDouble::isPresent)
              .mapToDouble(ratio -> Math.log(ratio.getAsDouble()))
              .average();
      cells.add(mean.isEmpty() ? "-" : times(Math.exp(mean.getAsDouble())));
    }
    cells.add("");
    row(cells);
    results.wrongAnswers().forEach(wrong -> out.append("\nWRONG: ").append(wrong).append('\n'));
  }

  /** To Varve in its first language; empty for that itself. */
  private OptionalDouble ratio(Asked asked, QueryType type) {
    Asked first =
        results.asked().stream().filter(one -> one.peer().equals(FIRST)).findFirst().orElse(asked);
    OptionalDouble ours = results.p50(first, type);
    OptionalDouble theirs = results.p50(asked, type);
    return asked.equals(first) || ours.isEmpty() || theirs.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(theirs.getAsDouble() / ours.getAsDouble());
  }

  private String answers(QueryType type) {
    int checked = 0;
    List<String> wrong = new ArrayList<>();
    for (Asked asked : results.asked()) {
      QueryFigures figures = results.of(asked, type);
      if (figures != null) {
        checked += figures.checked();
        if (!figures.wrong().isEmpty()) {
          wrong.add(asked.peer() + " " + asked.dialect());
        }
      }
    }
    return wrong.isEmpty() ? checked + " right" : "**WRONG: " + String.join(", ", wrong) + "**";
  }

  private void details(List<QueryType> types) {
    out.append(
        "\n## Queries: p50, p95, p99, p99.9 in ms; server CPU ms per query; queries, rate\n\n");
    out.append(
        "Open loop at half of what one client gets without pauses; latencies from the time a");
    out.append(
        " query was due. A percentile needs as many queries: p99.9 of 50 is the greatest.\n\n");
    List<String> heads = new ArrayList<>(List.of("type"));
    results.asked().forEach(one -> heads.add(one.label()));
    row(heads);
    rule(heads.size());
    for (QueryType type : types) {
      List<String> cells = new ArrayList<>(List.of(type.label()));
      for (Asked one : results.asked()) {
        QueryFigures figures = results.of(one, type);
        cells.add(
            figures == null || figures.latencies().getTotalCount() == 0 ? "-" : details(figures));
      }
      row(cells);
    }
  }

  private static String details(QueryFigures figures) {
    return String.join(
            ", ",
            number(figures.millis(50)),
            number(figures.millis(95)),
            number(figures.millis(99)),
            number(figures.millis(99.9)))
        + "; "
        + number(figures.cpuNanos() / 1e6)
        + "; "
        + figures.latencies().getTotalCount()
        + ", "
        + number(figures.ratePerSecond())
        + "/s";
  }

  private static String cell(double value, OptionalDouble ratio) {
    return number(value) + (ratio.isEmpty() ? "" : " (" + times(ratio.getAsDouble()) + ")");
  }

  private static String times(double ratio) {
    String format =
        ratio >= 10 ? "x%,.0f" : ratio >= 1 ? "x%.1f" : ratio >= 0.1 ? "x%.2f" : "x%.3f";
    return String.format(Locale.ROOT, format, ratio);
  }

  /** Three digits, more for large numbers. */
  static String number(double value) {
    double size = Math.abs(value);
    String format =
        size == 0 || size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  private void row(List<String> cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private void rule(int columns) {
    row(Collections.nCopies(columns, "---"));
  }
}
