package io.varve.query.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.Cases;
import io.varve.query.promql.ast.AtModifier;
import io.varve.query.promql.ast.Expr;
import io.varve.query.promql.ast.LabelMatcher;
import io.varve.query.promql.ast.PositionRange;
import io.varve.query.promql.ast.ValueType;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ParserTest {
  private static final ParserOptions EXPERIMENTAL =
      ParserOptions.DEFAULT.withExperimentalFunctions();

  static Stream<Arguments> valid() {
    return Cases.PROMQL.pairs("valid.txt");
  }

  static Stream<Arguments> invalid() {
    return Cases.PROMQL.pairs("invalid.txt");
  }

  @ParameterizedTest
  @MethodSource("valid")
  void printsCanonicalText(String text, String printed) {
    Expr expr = Parser.parse(text, EXPERIMENTAL);
    assertThat(Printer.print(expr)).isEqualTo(printed);
    assertThat(Printer.print(Parser.parse(printed, EXPERIMENTAL))).isEqualTo(printed);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void refusesInPrometheusWords(String text, String message) {
    assertThatThrownBy(() -> Parser.parse(text))
        .isInstanceOf(ParseException.class)
        .hasMessage(message);
  }

  static Stream<Arguments> invalidExperimental() {
    return Cases.PROMQL.pairs("invalid-experimental.txt");
  }

  @ParameterizedTest
  @MethodSource("invalidExperimental")
  void refusesExperimentsInPrometheusWords(String text, String message) {
    assertThatThrownBy(() -> Parser.parse(text, EXPERIMENTAL))
        .isInstanceOf(ParseException.class)
        .hasMessage(message);
  }

  @Test
  void saysWhatIsWrongWithNoText() {
    assertThatThrownBy(() -> Parser.parse(""))
        .hasMessage("unknown position: parse error: no expression found in input");
    assertThatThrownBy(() -> Parser.parse(" \n"))
        .hasMessage("1:1: parse error: no expression found in input");
  }

  @Test
  void countsLinesAndBytes() {
    assertThatThrownBy(() -> Parser.parse("foo\n + {a=\"\u00e9\ud83d\ude00\"} $"))
        .hasMessage("2:17: parse error: unexpected character: '$'");
  }

  @Test
  void keepsPlaces() {
    Expr.BinaryExpr binary =
        (Expr.BinaryExpr) Parser.parse(" sum(rate(foo[5m] offset 1m)) by (a) / -bar");
    assertThat(binary.position()).isEqualTo(new PositionRange(1, 43));
    Expr.AggregateExpr sum = (Expr.AggregateExpr) binary.lhs();
    assertThat(sum.position()).isEqualTo(new PositionRange(1, 29));
    Expr.Call rate = (Expr.Call) sum.expr();
    assertThat(rate.position()).isEqualTo(new PositionRange(5, 28));
    Expr.MatrixSelector matrix = (Expr.MatrixSelector) rate.args().get(0);
    assertThat(matrix.position()).isEqualTo(new PositionRange(10, 27));
    assertThat(matrix.vectorSelector().position()).isEqualTo(new PositionRange(10, 13));
    assertThat(binary.rhs().position()).isEqualTo(new PositionRange(39, 43));
  }

  @Test
  void putsTheNameLastAmongMatchers() {
    Expr.VectorSelector selector =
        (Expr.VectorSelector) Parser.parse("foo{a!=\"b\", \"c d\"=~'e'} @ 1.5 offset -1m");
    assertThat(selector.name()).isEqualTo("foo");
    assertThat(selector.matchers())
        .containsExactly(
            new LabelMatcher(LabelMatcher.Type.NOT_EQUAL, "a", "b"),
            new LabelMatcher(LabelMatcher.Type.REGEX, "c d", "e"),
            new LabelMatcher(LabelMatcher.Type.EQUAL, "__name__", "foo"));
    assertThat(selector.at()).isEqualTo(new AtModifier.Timestamp(1_500));
    assertThat(selector.offset().millis()).isEqualTo(-60_000);
  }

  @Test
  void knowsTypes() {
    assertThat(Parser.parse("1 + 2").type()).isEqualTo(ValueType.SCALAR);
    assertThat(Parser.parse("(1 + foo)").type()).isEqualTo(ValueType.VECTOR);
    assertThat(Parser.parse("foo[5m:]").type()).isEqualTo(ValueType.MATRIX);
    assertThat(Parser.parse("\"a\"").type()).isEqualTo(ValueType.STRING);
    assertThat(Parser.parse("time()").type()).isEqualTo(ValueType.SCALAR);
  }

  @Test
  void keepsBytesThatAreNoText() {
    Expr.StringLiteral string = (Expr.StringLiteral) Parser.parse("\"\\xe4\\xbd\\xa0\\xff\"");
    assertThat(string.value()).isEqualTo("\u4f60\udcff");
    assertThat(Printer.print(string)).isEqualTo("\"\u4f60\\xff\"");
  }

  @Test
  void parsesSelectorsThatMatchEverything() {
    assertThat(Parser.parseMetricSelector("{a=\"\"}"))
        .containsExactly(new LabelMatcher(LabelMatcher.Type.EQUAL, "a", ""));
    assertThat(Parser.parseMetricSelector("up")).hasSize(1);
    assertThatThrownBy(() -> Parser.parseMetricSelector("up[5m]"))
        .hasMessage("1:3: parse error: unexpected \"[\"");
    assertThatThrownBy(() -> Parser.parseMetricSelector("1"))
        .hasMessage("1:1: parse error: unexpected number \"1\"");
  }

  @Test
  void refusesWhatIsTooLongOrTooDeep() {
    assertThatThrownBy(() -> Parser.parse("foo + bar", new ParserOptions(false, 8)))
        .hasMessageContaining("9 characters, more than the limit of 8");
    for (String open : new String[] {"(", "-", "abs(", "sum(", "1 + (", "2 ^ ", "foo[(", "+"}) {
      assertThatThrownBy(() -> Parser.parse(open.repeat(100_000)))
          .isInstanceOf(ParseException.class);
    }
    for (String chain : new String[] {" + 1", " or foo", " ^ 2"}) {
      Parser.parse("foo" + chain.repeat(250));
      assertThatThrownBy(() -> Parser.parse("foo" + chain.repeat(50_000)))
          .hasMessageContaining("levels deep");
    }
    assertThatThrownBy(() -> Parser.parse("foo[1" + "+1".repeat(50_000) + "]"))
        .hasMessageContaining("levels deep");
    assertThatThrownBy(() -> Parser.parse("foo" + "[1m:]".repeat(50_000)))
        .hasMessageContaining("levels deep");
    Parser.parse("(".repeat(200) + "foo" + ")".repeat(200));
  }

  @Test
  void refusesPatternsThatCostTooMuch() {
    for (String pattern :
        new String[] {"((a{1000}){1000}){1000}", "(".repeat(1_000), "a".repeat(40_000)}) {
      assertThatThrownBy(() -> Parser.parse("{a=~\"" + pattern + "\"}"))
          .isInstanceOf(ParseException.class)
          .hasMessageStartingWith("1:2: parse error: error parsing regexp: ");
    }
    Parser.parse("{a=~\"(x{100}|[a-z]{50})+\"}");
  }
}
