package io.varve.bench.tsbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

/** Answers against another computation: over the lines, as a client of the data would. */
class CpuTableTest {
  private static final int HOSTS = 12;
  private static final int STEPS = 2 * 360;
  private static final long SEED = 42;

  private final CpuTable table = new CpuTable(HOSTS, STEPS, SEED);

  private final List<Point> points = points();

  private record Point(String host, long seconds, Map<String, Double> fields) {
    double field(String name) {
      return Objects.requireNonNull(fields.get(name));
    }
  }

  private static List<Point> points() {
    DevopsRows source = DevopsRows.cpuOnly(HOSTS, SEED);
    LineWriter lines = new LineWriter(source);
    StringBuilder out = new StringBuilder();
    double[] values = new double[10];
    for (int step = 0; step < STEPS; step++) {
      for (int row = 0; row < HOSTS; row++) {
        source.next(row, values);
        lines.append(out, row, step, values);
      }
    }
    return out.toString().lines().map(CpuTableTest::parse).toList();
  }

  private static Point parse(String line) {
    String[] parts = line.split(" ", -1);
    Map<String, Double> fields = new HashMap<>();
    for (String field : parts[1].split(",", -1)) {
      String[] pair = field.split("=", -1);
      fields.put(pair[0], Double.valueOf(pair[1].replace("i", "")));
    }
    String host = parts[0].replaceAll(".*hostname=(host_\\d+).*", "$1");
    return new Point(host, Long.parseLong(parts[2]) / 1_000_000_000, fields);
  }

  private List<Point> pointsOf(Question question) {
    return points.stream()
        .filter(p -> question.hosts().isEmpty() || question.hosts().contains(p.host()))
        .filter(p -> p.seconds() >= question.startSeconds() && p.seconds() < question.endSeconds())
        .toList();
  }

  private Answer perBucket(
      Question question, boolean perHost, DoubleBinaryOperator merge, double divisor) {
    Answer answer = new Answer(question);
    for (int f = 0; f < question.fields().size(); f++) {
      Map<List<Object>, Double> merged = new HashMap<>();
      for (Point point : pointsOf(question)) {
        long bucket = point.seconds() - point.seconds() % question.bucketSeconds();
        double value = point.field(question.fields().get(f));
        merged.merge(List.of(perHost ? point.host() : "", bucket), value, merge::applyAsDouble);
      }
      for (Map.Entry<List<Object>, Double> entry : merged.entrySet()) {
        answer.set(
            (String) entry.getKey().get(0),
            (long) entry.getKey().get(1) * 1000,
            f,
            entry.getValue() / divisor);
      }
    }
    return answer;
  }

  private static Answer rows(Question question, List<Point> points) {
    Answer answer = new Answer(question);
    for (Point point : points) {
      for (int f = 0; f < question.fields().size(); f++) {
        answer.set(point.host(), point.seconds() * 1000, f, point.field(question.fields().get(f)));
      }
    }
    return answer;
  }

  private Answer computedFromLines(Question question) {
    return switch (question.type().kind()) {
      case MAX -> perBucket(question, false, Math::max, 1);
      case LIMIT ->
          perBucket(
              new Question(
                  question.type(),
                  question.fields(),
                  question.hosts(),
                  question.endSeconds() - 300,
                  question.endSeconds(),
                  60),
              false,
              Math::max,
              1);
      case MEAN -> perBucket(question, true, Double::sum, question.bucketSeconds() / 10.0);
      case HIGH ->
          rows(
              question,
              pointsOf(question).stream().filter(p -> p.field("usage_user") > 90).toList());
      case LAST ->
          rows(
              question,
              points.stream()
                  .filter(p -> p.seconds() == 1_451_606_400L + (STEPS - 1) * 10L)
                  .toList());
    };
  }

  @Test
  void answersOfEveryTypeAgreeWithThoseComputedFromLines() {
    for (QueryType type : QueryType.values()) {
      for (Question question : Question.of(type, 2, HOSTS, STEPS, 3)) {
        Answer expected = computedFromLines(question);
        assertThat(expected.differenceTo(table.answer(question))).as("%s", question).isNull();
        if (type != QueryType.HIGH_CPU_1) { // a host may never have been busy
          assertThat(expected.rowCount()).as("%s", question).isPositive();
        }
      }
    }
  }

  @Test
  void questionsAreSeededAndWithinTheData() {
    for (QueryType type : QueryType.values()) {
      List<Question> questions = Question.of(type, 20, HOSTS, STEPS, 3);
      assertThat(questions).isEqualTo(Question.of(type, 20, HOSTS, STEPS, 3));
      for (Question question : questions) {
        assertThat(question.hosts()).hasSize(type.hosts()).doesNotHaveDuplicates();
        assertThat(question.fields()).hasSize(type.fields());
        assertThat(question.startSeconds()).isGreaterThanOrEqualTo(1_451_606_400L);
        assertThat(question.endSeconds())
            .isGreaterThan(question.startSeconds())
            .isLessThanOrEqualTo(1_451_606_400L + STEPS * 10L);
      }
    }
  }

  @Test
  void questionsDifferWithTheSeed() {
    assertThat(Question.of(QueryType.SINGLE_GROUPBY_1_1_1, 5, HOSTS, STEPS, 3))
        .isNotEqualTo(Question.of(QueryType.SINGLE_GROUPBY_1_1_1, 5, HOSTS, STEPS, 4));
  }

  @Test
  void refusesQuestionsAboutLessThanAnHour() {
    assertThatThrownBy(() -> Question.of(QueryType.HIGH_CPU_1, 1, HOSTS, 359, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("questions need an hour of data, not 359 steps");
  }

  @Test
  void saysWhatDiffersBetweenAnswers() {
    Question question = Question.of(QueryType.SINGLE_GROUPBY_1_1_1, 1, HOSTS, STEPS, 3).get(0);
    Answer right = new Answer(question);
    right.set("a", 1, 0, 5);
    Answer empty = new Answer(question);
    Answer elsewhere = new Answer(question);
    elsewhere.set("a", 2, 0, 5);
    Answer other = new Answer(question);
    other.set("a", 1, 0, 5.000001);
    Answer close = new Answer(question);
    close.set("a", 1, 0, Math.nextUp(5.0));

    assertThat(right.differenceTo(empty)).isEqualTo("0 rows instead of 1");
    assertThat(right.differenceTo(elsewhere)).isEqualTo("no row Row[host=a, timeMillis=1]");
    assertThat(right.differenceTo(other))
        .isEqualTo("Row[host=a, timeMillis=1]: field 0 is 5.000001 instead of 5.0");
    assertThat(right.differenceTo(close)).isNull();
  }
}
