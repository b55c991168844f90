package io.varve.bench.compare;

import io.varve.bench.peer.PeerCatalogue;
import io.varve.bench.tsbs.QueryType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** All figures of a comparison. One thread. */
final class Results {
  private final Map<String, Map<Figure, List<Double>>> loads = new LinkedHashMap<>();
  private final Map<Asked, Map<QueryType, QueryFigures>> queries = new LinkedHashMap<>();

  /** A server, and the language it was asked in. */
  record Asked(String peer, String dialect) {
    String label() {
      return peer + ", " + dialect;
    }
  }

  void add(String peer, Figure figure, double value) {
    loads
        .computeIfAbsent(peer, name -> new LinkedHashMap<>())
        .computeIfAbsent(figure, key -> new ArrayList<>())
        .add(value);
  }

  void add(Asked asked, QueryType type, QueryFigures figures) {
    queries.computeIfAbsent(asked, key -> new LinkedHashMap<>()).put(type, figures);
  }

  /** The servers that were loaded, Varve first. */
  List<String> peers() {
    return PeerCatalogue.NAMES.stream().filter(loads::containsKey).toList();
  }

  List<Asked> asked() {
    return List.copyOf(queries.keySet());
  }

  /** The median over the rounds; empty if there was none. */
  OptionalDouble median(String peer, Figure figure) {
    List<Double> values = loads.getOrDefault(peer, Map.of()).get(figure);
    if (values == null) {
      return OptionalDouble.empty();
    }
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return OptionalDouble.of(
        sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2);
  }

  @Nullable QueryFigures of(Asked asked, QueryType type) {
    return queries.getOrDefault(asked, Map.of()).get(type);
  }

  /** The median latency in ms; empty if the server did not answer. */
  OptionalDouble p50(Asked asked, QueryType type) {
    QueryFigures figures = of(asked, type);
    return figures == null || figures.latencies().getTotalCount() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(figures.millis(50));
  }

  /** What answers were wrong, and whose. */
  List<String> wrongAnswers() {
    List<String> wrong = new ArrayList<>();
    queries.forEach(
        (asked, types) ->
            types.forEach(
                (type, figures) -> {
                  if (!figures.wrong().isEmpty()) {
                    wrong.add(
                        asked.peer()
                            + ", "
                            + asked.dialect()
                            + ", "
                            + type.label()
                            + ": "
                            + figures.wrong());
                  }
                }));
    return wrong;
  }
}
