package io.varve.query.promql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SyntaxTreeTest {
  @Test
  void hasTheShapeOfParseQuery() {
    assertThat(SyntaxTree.of(Parser.parse("1 + foo{a=\"b\"} offset 1m @ end()")).toString())
        .isEqualTo(
            "{type=binaryExpr, op=+, lhs={type=numberLiteral, val=1}, rhs={type=vectorSelector,"
                + " name=foo, matchers=[{name=a, value=b, type==}, {name=__name__, value=foo,"
                + " type==}], offset=60000, timestamp=null, startOrEnd=end, anchored=false,"
                + " smoothed=false}, matching=null, bool=false}");
  }

  @Test
  void describesFunctionsAndMatching() {
    Map<String, ?> call = SyntaxTree.of(Parser.parse("round(foo * on(a) group_left(b) bar, 2)"));
    assertThat(String.valueOf(call.get("func")))
        .isEqualTo("{name=round, argTypes=[vector, scalar], variadic=1, returnType=vector}");
    List<?> args = (List<?>) Objects.requireNonNull(call.get("args"));
    Map<?, ?> binary = (Map<?, ?>) args.get(0);
    assertThat(String.valueOf(binary.get("matching")))
        .isEqualTo(
            "{card=many-to-one, labels=[a], on=true, include=[b],"
                + " fillValues={lhs=null, rhs=null}}");
  }

  @Test
  void hasExperimentalModifiers() {
    ParserOptions experimental = ParserOptions.DEFAULT.withExperimentalFunctions();
    assertThat(SyntaxTree.of(Parser.parse("a + fill_right(-1.5) b", experimental)).toString())
        .contains("fillValues={lhs=null, rhs=-1.5}");
    assertThat(SyntaxTree.of(Parser.parse("a[1m] smoothed", experimental)).toString())
        .contains("anchored=false, smoothed=true");
    assertThat(SyntaxTree.of(Parser.parse("a anchored", experimental)).toString())
        .contains("anchored=true, smoothed=false");
  }
}
