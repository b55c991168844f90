package io.varve.bench.peer;

import io.varve.bench.tsbs.Answer;
import io.varve.bench.tsbs.QueryType.Kind;
import io.varve.bench.tsbs.Question;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** QuestDB's SQL over {@code /exec}. */
final class QuestSql implements Dialect {
  @Override
  public String name() {
    return "SQL";
  }

  @Override
  public String target(Question question) {
    return target(text(question));
  }

  private static String target(String query) {
    return "/exec?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  static String text(Question question) {
    String end = "timestamp < '" + Instant.ofEpochSecond(question.endSeconds()) + "'";
    String range =
        "timestamp >= '" + Instant.ofEpochSecond(question.startSeconds()) + "' AND " + end;
    String hosts =
        question.hosts().stream()
            .map(host -> "'" + host + "'")
            .collect(Collectors.joining(", ", "hostname IN (", ") AND "));
    String where = question.hosts().isEmpty() ? range : hosts + range;
    String bucket = " SAMPLE BY " + question.bucketSeconds() + "s ALIGN TO CALENDAR";
    return switch (question.type().kind()) {
      case MAX ->
          "SELECT timestamp, " + calls("max", question) + " FROM cpu WHERE " + where + bucket;
      case MEAN ->
          "SELECT timestamp, hostname, "
              + calls("avg", question)
              + " FROM cpu WHERE "
              + where
              + bucket;
      case HIGH -> "SELECT * FROM cpu WHERE usage_user > " + Question.HIGH + " AND " + where;
      case LAST -> "SELECT * FROM cpu LATEST ON timestamp PARTITION BY hostname";
      case LIMIT ->
          "SELECT timestamp, "
              + calls("max", question)
              + " FROM cpu WHERE "
              + end
              + bucket
              + " ORDER BY timestamp DESC LIMIT "
              + Question.LIMIT;
    };
  }

  /** Results have the names of the fields. */
  private static String calls(String function, Question question) {
    return question.fields().stream()
        .map(field -> function + "(" + field + ") " + field)
        .collect(Collectors.joining(", "));
  }

  @Override
  public Answer answer(Question question, byte[] body) {
    Json document = Json.parse(body);
    Json error = document.find("error");
    if (error != null) {
      throw new IllegalArgumentException(error.text());
    }
    List<String> columns =
        document.get("columns").items().stream().map(column -> column.get("name").text()).toList();
    Kind kind = question.type().kind();
    int hostColumn = kind == Kind.MAX || kind == Kind.LIMIT ? -1 : columns.indexOf("hostname");
    int timeColumn = columns.indexOf("timestamp");
    Answer answer = new Answer(question);
    for (Json row : document.get("dataset").items()) {
      String host = hostColumn < 0 ? "" : row.get(hostColumn).text();
      long millis = Instant.parse(row.get(timeColumn).text()).toEpochMilli();
      for (int i = 0; i < question.fields().size(); i++) {
        int column = columns.indexOf(question.fields().get(i));
        answer.set(host, millis, i, row.get(column).number());
      }
    }
    return answer;
  }

  @Override
  public String countTarget(String measurement, String field, long startSeconds, long endSeconds) {
    return target("SELECT count() FROM " + measurement);
  }

  @Override
  public long count(byte[] body) {
    Json rows = Json.parse(body).find("dataset");
    return rows == null ? 0 : (long) rows.get(0).get(0).number();
  }
}
