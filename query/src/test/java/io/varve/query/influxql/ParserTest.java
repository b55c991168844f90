package io.varve.query.influxql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.Cases;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Operator;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.influxql.ast.Source;
import io.varve.query.influxql.ast.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ParserTest {

  static Stream<Arguments> valid() {
    return Cases.INFLUXQL.pairs("valid.txt");
  }

  @ParameterizedTest
  @MethodSource("valid")
  void printsNormalisedText(String text, String printed) {
    Statement statement = Parser.parseStatement(text);
    assertThat(Printer.print(statement)).isEqualTo(printed.equals("same") ? text : printed);
  }

  @ParameterizedTest
  @MethodSource("valid")
  void readsItsOwnPrintAgain(String text, String unused) {
    Statement statement = Parser.parseStatement(text);
    String printed = Printer.print(statement);
    if (printed.contains("[REDACTED]")) {
      assertThat(printed).doesNotContain("secret");
      assertThat(statement.toString()).doesNotContain("secret");
    } else {
      assertThat(Parser.parseStatement(printed)).isEqualTo(statement);
    }
  }

  static Stream<Arguments> errors() {
    return Cases.INFLUXQL.pairs("errors.txt");
  }

  @ParameterizedTest
  @MethodSource("errors")
  void saysWhatIsWrongAndWhere(String text, String message) {
    assertThatThrownBy(() -> Parser.parse(text.replace("\\n", "\n"), Map.of()))
        .isInstanceOf(ParseException.class)
        .hasMessage(message);
  }

  @Test
  void readsStatementsBetweenSemicolons() {
    assertThat(Parser.parse(" ;; SHOW USERS;SHOW DATABASES ; ", Map.of()))
        .containsExactly(new ShowStatement.Users(), new ShowStatement.Databases());
    assertThat(Parser.parse(";", Map.of())).isEmpty();
    assertThat(Parser.parse("", Map.of())).isEmpty();
  }

  @Test
  void bindsOperatorsByPrecedenceFromTheLeft() {
    Expression a = new Expression.VarRef("a", null);
    Expression b = new Expression.VarRef("b", null);
    Expression c = new Expression.VarRef("c", null);
    assertThat(Parser.parseExpression("a + b * c"))
        .isEqualTo(
            new Expression.Binary(Operator.ADD, a, new Expression.Binary(Operator.MUL, b, c)));
    assertThat(Parser.parseExpression("a - b - c"))
        .isEqualTo(
            new Expression.Binary(Operator.SUB, new Expression.Binary(Operator.SUB, a, b), c));
    assertThat(Parser.parseExpression("a OR b AND c"))
        .isEqualTo(
            new Expression.Binary(Operator.OR, a, new Expression.Binary(Operator.AND, b, c)));
  }

  @Test
  void countsCarriageReturnsAsLineEnds() {
    assertThatThrownBy(() -> Parser.parse("SELECT a\r\nFROM m\rWHERE", Map.of()))
        .hasMessage("found EOF, expected identifier, string, number, bool at line 3, char 7");
  }

  @Test
  void putsBoundValuesInPlace() {
    Map<String, Object> values =
        Map.of(
            "s",
            "it's",
            "n",
            7L,
            "f",
            1.5,
            "b",
            true,
            "my name",
            "x",
            "re",
            Map.of("regex", "^a/b$"),
            "id",
            Map.of("identifier", "my field"),
            "d",
            Map.of("duration", "5m"));
    String text =
        "SELECT $id FROM m WHERE s = $s AND n = -$n AND f = $f AND b = $b AND q = $\"my name\""
            + " AND r =~ $re AND time > now() - $d LIMIT $n";
    assertThat(Printer.print(Parser.parse(text, values).get(0)))
        .isEqualTo(
            "SELECT \"my field\" FROM m WHERE s = 'it\\'s' AND n = -7 AND f = 1.500 AND b = true"
                + " AND q = 'x' AND r =~ /^a\\/b$/ AND time > now() - 5m LIMIT 7");
  }

  @Test
  void bindsNegativeDurations() {
    assertThat(
            Parser.parse(
                "SELECT v FROM m WHERE time > $a AND time < $b",
                Map.of("a", Map.of("duration", "-1m"), "b", Map.of("duration", -5L))))
        .isEqualTo(Parser.parse("SELECT v FROM m WHERE time > -1m AND time < -5ns", Map.of()));
  }

  @Test
  void doesNotLetBoundStringsBecomeSyntax() {
    Select select =
        (Select) Parser.parse("SELECT a FROM m WHERE s = $s", Map.of("s", "x' OR 'a' = 'a")).get(0);
    assertThat(select.condition())
        .isEqualTo(
            new Expression.Binary(
                Operator.EQ,
                new Expression.VarRef("s", null),
                new Expression.StringLiteral("x' OR 'a' = 'a")));
  }

  @Test
  void refusesBoundValuesItCannotRead() {
    Map<String, Object> values =
        Map.of(
            "list", List.of(),
            "nothing", Optional.empty(),
            "two", Map.of("x", 1, "y", 2),
            "unknown", Map.of("field", "v"),
            "id", Map.of("identifier", 1L),
            "re", Map.of("regex", "("),
            "float", Map.of("float", "3"),
            "int", Map.of("integer", 3.0),
            "time", Map.of("duration", 1.5),
            "span", Map.of("duration", "x"));
    assertRefused(
        values, "list", "missing parameter: unable to bind parameter with type []interface {}");
    assertRefused(values, "nothing", "missing parameter: unable to bind parameter with type <nil>");
    assertRefused(
        values,
        "two",
        "missing parameter: bound object parameter value must have exactly one entry");
    assertRefused(values, "unknown", "missing parameter: unknown bind object type: field");
    assertRefused(values, "id", "missing parameter: identifier must be a string value");
    assertRefused(values, "re", "error parsing regexp: missing closing ): `(` at line 1, char 25");
    assertRefused(values, "float", "missing parameter: number literal must be a float value");
    assertRefused(values, "int", "missing parameter: integer literal must be an integer value");
    assertRefused(
        values, "time", "missing parameter: duration literal must be a string or integer value");
    assertRefused(values, "span", "invalid duration");
    assertRefused(values, "other", "missing parameter: other");
    assertThatThrownBy(() -> Parser.parse("SELECT v FROM $id", values))
        .hasMessage(
            "found identifier must be a string value, expected identifier at line 1, char 15");
    assertThat(Parser.parse("SELECT v FROM m", values)).hasSize(1);
  }

  private static void assertRefused(Map<String, Object> values, String name, String message) {
    assertThatThrownBy(() -> Parser.parse("SELECT v FROM m WHERE v=$" + name, values))
        .isInstanceOf(ParseException.class)
        .hasMessage(message);
  }

  @Test
  void tellsRawSelectsFromAggregates() {
    assertThat(((Select) Parser.parseStatement("SELECT a + 1 FROM m")).isRaw()).isTrue();
    assertThat(((Select) Parser.parseStatement("SELECT 2 * (1 + f(a)) FROM m")).isRaw()).isFalse();
  }

  @Test
  void addsParenthesesThatATreeNeeds() {
    Expression a = new Expression.VarRef("a", null);
    Expression sum = new Expression.Binary(Operator.ADD, a, a);
    assertThat(Printer.print(new Expression.Binary(Operator.MUL, sum, sum)))
        .isEqualTo("(a + a) * (a + a)");
    assertThat(Printer.print(new Expression.Binary(Operator.SUB, a, sum))).isEqualTo("a - (a + a)");
  }

  @Test
  void printsRegexesThatEndInABackslashAsSomethingEquivalent() {
    String text = Printer.print(new Expression.Regex("a\\\\"));
    assertThat(text).isEqualTo("/a\\\\(?:)/");
    assertThat(Parser.parseExpression(text)).isEqualTo(new Expression.Regex("a\\\\(?:)"));
  }

  @Test
  void keepsThePartsOfASelect() {
    Select select = (Select) Parser.parseStatement("SELECT a AS b FROM rp./m/ LIMIT 3");
    assertThat(select.fields())
        .containsExactly(new SelectField(new Expression.VarRef("a", null), "b"));
    assertThat(select.sources())
        .containsExactly(new Source.Measurement(null, "rp", null, new Expression.Regex("m")));
    assertThat(select.limits().limit()).isEqualTo(3);
    assertThat(select.ascending()).isTrue();
  }
}
