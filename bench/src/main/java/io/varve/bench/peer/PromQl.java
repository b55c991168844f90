package io.varve.bench.peer;

import io.varve.bench.tsbs.Answer;
import io.varve.bench.tsbs.QueryType.Kind;
import io.varve.bench.tsbs.Question;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * PromQL over {@code /api/v1}; field {@code f} of measurement {@code m} is the metric {@code m_f}.
 *
 * <p>The bucket [t, t + step) is asked for at its last millisecond, over a range as long as a step.
 */
final class PromQl implements Dialect {
  private final String name;
  private final String parameters;
  private final boolean keepsNames;

  /**
   * Creates a dialect.
   *
   * @param parameters to be added to every request, each with an ampersand in front
   * @param keepsNames whether {@code max_over_time} and the like keep metrics' names, as in
   *     MetricsQL, so that one selector can stand for many fields
   */
  PromQl(String name, String parameters, boolean keepsNames) {
    this.name = name;
    this.parameters = parameters;
    this.keepsNames = keepsNames;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String target(Question question) {
    long step = question.bucketSeconds();
    return switch (question.type().kind()) {
      case MAX ->
          range(text(question), question.startSeconds() + step, question.endSeconds(), 1, step);
      case MEAN ->
          range(text(question), question.startSeconds() + step, question.endSeconds(), 1, step);
      case LIMIT -> {
        long first = question.endSeconds() - (Question.LIMIT - 1) * step;
        long from = Math.max(question.startSeconds() + step, first);
        yield range(text(question), from, question.endSeconds(), 1, step);
      }
      case HIGH ->
          range(text(question), question.startSeconds(), question.endSeconds() - step, 0, step);
      case LAST -> instant(text(question), question.endSeconds() - 10 + ".000");
    };
  }

  private String range(String query, long first, long last, int lessMillis, long step) {
    return "/api/v1/query_range?query="
        + encode(query)
        + "&start="
        + seconds(first, lessMillis)
        + "&end="
        + seconds(last, lessMillis)
        + "&step="
        + step
        + parameters;
  }

  private String instant(String query, String time) {
    return "/api/v1/query?query=" + encode(query) + "&time=" + time + parameters;
  }

  private static String seconds(long seconds, int lessMillis) {
    long millis = seconds * 1000 - lessMillis;
    return String.format(Locale.ROOT, "%d.%03d", millis / 1000, millis % 1000);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  String text(Question question) {
    String range = "[" + question.bucketSeconds() + "s]";
    return switch (question.type().kind()) {
      case MAX, LIMIT ->
          perField(question, "", selector -> "max(max_over_time(" + selector + range + "))");
      case MEAN ->
          perField(
              question, "hostname", selector -> "avg(avg_over_time(" + selector + range + "))");
      case HIGH ->
          all(question)
              + " and on (hostname) ("
              + one("usage_user", question)
              + " > "
              + Question.HIGH
              + ")";
      case LAST -> all(question);
    };
  }

  /** One expression for all fields if names stay, else one for each, told apart by a label. */
  private String perField(Question question, String by, UnaryOperator<String> expression) {
    List<String> fields = question.fields();
    String grouping = by.isEmpty() ? "" : " by (" + by + ")";
    if (fields.size() == 1) {
      return expression.apply(one(fields.get(0), question)) + grouping;
    }
    if (keepsNames) {
      return expression.apply(all(question))
          + " by (__name__"
          + (by.isEmpty() ? "" : ", " + by)
          + ")";
    }
    return fields.stream()
        .map(
            field ->
                "label_replace("
                    + expression.apply(one(field, question))
                    + grouping
                    + ", \"field\", \""
                    + field
                    + "\", \"\", \"\")")
        .collect(Collectors.joining(" or "));
  }

  private static String one(String field, Question question) {
    return "cpu_" + field + "{" + hosts(question) + "}";
  }

  private static String all(Question question) {
    String hosts = hosts(question);
    return "{__name__=~\"cpu_("
        + String.join("|", question.fields())
        + ")\""
        + (hosts.isEmpty() ? "" : "," + hosts)
        + "}";
  }

  private static String hosts(Question question) {
    List<String> hosts = question.hosts();
    if (hosts.isEmpty()) {
      return "";
    }
    return hosts.size() == 1
        ? "hostname=\"" + hosts.get(0) + "\""
        : "hostname=~\"" + String.join("|", hosts) + "\"";
  }

  @Override
  public Answer answer(Question question, byte[] body) {
    Json document = Json.parse(body);
    if (!document.get("status").text().equals("success")) {
      throw new IllegalArgumentException(document.toString());
    }
    Kind kind = question.type().kind();
    long shift = kind == Kind.HIGH || kind == Kind.LAST ? 0 : question.bucketSeconds() * 1000L - 1;
    Answer answer = new Answer(question);
    for (Json series : document.get("data").get("result").items()) {
      Json metric = series.get("metric");
      int field = question.fields().size() == 1 ? 0 : fieldOf(metric, question);
      Json hostname = metric.find("hostname");
      String host = hostname == null ? "" : hostname.text();
      Json values = series.find("values");
      List<Json> points = values == null ? List.of(series.get("value")) : values.items();
      for (Json point : points) {
        long millis = Math.round(point.get(0).number() * 1000) - shift;
        answer.set(host, millis, field, point.get(1).number());
      }
    }
    return answer;
  }

  private static int fieldOf(Json metric, Question question) {
    Json label = first(metric.find("field"), metric.find("__name__"));
    int field =
        label == null ? -1 : question.fields().indexOf(label.text().replaceFirst("^cpu_", ""));
    if (field < 0) {
      throw new IllegalArgumentException("no field of the question: " + metric);
    }
    return field;
  }

  private static @Nullable Json first(@Nullable Json one, @Nullable Json other) {
    return one != null ? one : other;
  }

  @Override
  public String countTarget(String measurement, String field, long startSeconds, long endSeconds) {
    String metric = field.equals("value") ? measurement : measurement + "_" + field;
    String range = "[" + (endSeconds - startSeconds) + "s]";
    return instant("sum(count_over_time(" + metric + range + "))", seconds(endSeconds, 1));
  }

  @Override
  public long count(byte[] body) {
    Json data = Json.parse(body).find("data");
    List<Json> result = data == null ? List.of() : data.get("result").items();
    return result.isEmpty() ? 0 : (long) result.get(0).get("value").get(1).number();
  }
}
