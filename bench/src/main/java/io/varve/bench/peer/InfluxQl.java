package io.varve.bench.peer;

import io.varve.bench.tsbs.Answer;
import io.varve.bench.tsbs.QueryType.Kind;
import io.varve.bench.tsbs.Question;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** InfluxQL over {@code /query}, worded as TSBS does. */
final class InfluxQl implements Dialect {
  private static final String DATABASE = "bench";

  @Override
  public String name() {
    return "InfluxQL";
  }

  @Override
  public String target(Question question) {
    return target(text(question));
  }

  private static String target(String query) {
    String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
    return "/query?db=" + DATABASE + "&epoch=ms&q=" + encoded;
  }

  static String text(Question question) {
    String end = "time < '" + Instant.ofEpochSecond(question.endSeconds()) + "'";
    String range = "time >= '" + Instant.ofEpochSecond(question.startSeconds()) + "' AND " + end;
    String hosts =
        question.hosts().stream()
            .map(host -> "hostname = '" + host + "'")
            .collect(Collectors.joining(" OR "));
    String where = hosts.isEmpty() ? range : "(" + hosts + ") AND " + range;
    String bucket = "time(" + question.bucketSeconds() + "s)";
    return switch (question.type().kind()) {
      case MAX ->
          "SELECT " + calls("max", question) + " FROM cpu WHERE " + where + " GROUP BY " + bucket;
      case MEAN ->
          "SELECT "
              + calls("mean", question)
              + " FROM cpu WHERE "
              + where
              + " GROUP BY "
              + bucket
              + ", hostname";
      case HIGH -> "SELECT * FROM cpu WHERE usage_user > " + Question.HIGH + " AND " + where;
      case LAST -> "SELECT * FROM cpu GROUP BY hostname ORDER BY time DESC LIMIT 1";
      case LIMIT ->
          "SELECT "
              + calls("max", question)
              + " FROM cpu WHERE "
              + end
              + " GROUP BY "
              + bucket
              + " ORDER BY time DESC LIMIT "
              + Question.LIMIT;
    };
  }

  private static String calls(String function, Question question) {
    return question.fields().stream()
        .map(field -> function + "(" + field + ")")
        .collect(Collectors.joining(", "));
  }

  @Override
  public Answer answer(Question question, byte[] body) {
    Answer answer = new Answer(question);
    Json result = Json.parse(body).get("results").get(0);
    Json none = result.find("series");
    if (none == null) {
      Json error = result.find("error");
      if (error != null) {
        throw new IllegalArgumentException(error.text());
      }
      return answer;
    }
    boolean wholeRows = question.type().kind() == Kind.HIGH || question.type().kind() == Kind.LAST;
    for (Json series : none.items()) {
      List<String> columns = series.get("columns").items().stream().map(Json::text).toList();
      Json tags = series.find("tags");
      String group = tags == null ? "" : tags.get("hostname").text();
      int hostColumn = group.isEmpty() && wholeRows ? columns.indexOf("hostname") : -1;
      for (Json row : series.get("values").items()) {
        String host = hostColumn < 0 ? group : row.get(hostColumn).text();
        long millis = (long) row.get(0).number();
        for (int i = 0; i < question.fields().size(); i++) {
          int column = wholeRows ? columns.indexOf(question.fields().get(i)) : i + 1;
          answer.set(host, millis, i, row.get(column).number());
        }
      }
    }
    return answer;
  }

  @Override
  public String countTarget(String measurement, String field, long startSeconds, long endSeconds) {
    return target("SELECT count(" + field + ") FROM " + measurement);
  }

  @Override
  public long count(byte[] body) {
    Json series = Json.parse(body).get("results").get(0).find("series");
    return series == null ? 0 : (long) series.get(0).get("values").get(0).get(1).number();
  }
}
