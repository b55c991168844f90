package io.varve.query.promql;

import io.varve.query.promql.ast.Aggregator;
import io.varve.query.promql.ast.BinaryOperator;
import io.varve.query.promql.ast.PromFunction;
import io.varve.query.promql.ast.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Texts of well-typed expressions, of every form there is, with odd spacing. */
final class RandomExpressions {
  private static final List<String> NAMES =
      List.of(
          "foo", "a:b", "sum", "by", "start", "step", "offset", "or", "min_of", "_x9", "fill_left");
  private static final List<String> LABELS =
      List.of("a", "job", "on", "by2", "\"b c\"", "'\u00e9'", "group_left", "bool");
  private static final List<String> VALUES =
      List.of("\"\"", "'x'", "`a\\b`", "\"\\n\\u00e9\\\"\"", "\".*\"", "\"a|b\"", "\"\\xff\"");
  private static final List<String> NUMBERS =
      List.of("1", "0.5", "0x1f", "1e300", "1e-9", "Inf", "NaN", "5m", "1h30m", "0", "1_0", "7d");
  private static final List<String> LENGTHS = List.of("5m", "300", "1.5", "1y2w", "90d", "1ms");

  private final SplittableRandom random;

  RandomExpressions(SplittableRandom random) {
    this.random = random;
  }

  String expression() {
    ValueType[] types = ValueType.values();
    return expression(types[random.nextInt(types.length)], 5);
  }

  private String expression(ValueType type, int depth) {
    String text =
        switch (type) {
          case SCALAR -> scalar(depth);
          case STRING -> oneOf(List.of("\"a\"", "'\"'", "`\\`", "\"\\t\\\\\""));
          case VECTOR -> vector(depth);
          case MATRIX -> matrix(depth);
        };
    return random.nextInt(8) == 0 ? "(" + text + " )" : text;
  }

  private String scalar(int depth) {
    if (depth == 0) {
      return oneOf(NUMBERS);
    }
    return switch (random.nextInt(5)) {
      case 0 -> sign() + expression(ValueType.SCALAR, depth - 1);
      case 1 -> binary(ValueType.SCALAR, ValueType.SCALAR, depth);
      case 2 -> call(ValueType.SCALAR, depth);
      default -> oneOf(NUMBERS);
    };
  }

  private String vector(int depth) {
    if (depth == 0) {
      return selector() + modifiers();
    }
    return switch (random.nextInt(9)) {
      case 0 -> sign() + expression(ValueType.VECTOR, depth - 1);
      case 1 -> binary(ValueType.SCALAR, ValueType.VECTOR, depth);
      case 2 -> binary(ValueType.VECTOR, ValueType.SCALAR, depth);
      case 3, 4 -> binary(ValueType.VECTOR, ValueType.VECTOR, depth);
      case 5 -> call(ValueType.VECTOR, depth);
      case 6, 7 -> aggregation(depth);
      default -> selector() + modifiers();
    };
  }

  private String matrix(int depth) {
    if (depth == 0 || random.nextBoolean()) {
      return selector() + "[" + length(2) + "]" + modifiers();
    }
    String inner = expression(ValueType.VECTOR, depth - 1);
    return "(" + inner + ")[" + length(2) + ":" + maybe(length(2)) + "]" + times();
  }

  private String binary(ValueType left, ValueType right, int depth) {
    BinaryOperator[] operators = BinaryOperator.values();
    BinaryOperator operator = operators[random.nextInt(operators.length)];
    boolean vectors = left == ValueType.VECTOR && right == ValueType.VECTOR;
    boolean scalars = left == ValueType.SCALAR && right == ValueType.SCALAR;
    if (operator.isSet() ? !vectors : operator.isTrim() && scalars) {
      operator = BinaryOperator.ADD;
    }
    String text = operator.text();
    if (operator.isComparison() && (scalars || random.nextBoolean())) {
      text += " bool";
    }
    if (vectors && random.nextBoolean()) {
      text += " ignoring " + labels();
      if (!operator.isSet()) {
        text += maybe(" group_left ('x y', z)");
      }
    }
    if (vectors && !operator.isSet()) {
      text += oneOf(List.of("", "", " fill(0.5)", " FILL_RIGHT (-Inf) fill_left(2)"));
    }
    // Parentheses keep the types of the operands what they are meant to be.
    return "("
        + expression(left, depth - 1)
        + ") "
        + text
        + oneOf(List.of(" ", "\n", " # why\n"))
        + "("
        + expression(right, depth - 1)
        + ")";
  }

  private String call(ValueType type, int depth) {
    List<PromFunction> functions = new ArrayList<>();
    for (PromFunction function : PromFunction.values()) {
      if (function.returnType() == type && function != PromFunction.INFO) {
        functions.add(function);
      }
    }
    PromFunction function = functions.get(random.nextInt(functions.size()));
    int extra = Math.min(function.maxArgs() - function.minArgs(), 3);
    int count = function.minArgs() + (extra == 0 ? 0 : random.nextInt(extra + 1));
    List<String> args = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int typeIndex = Math.min(i, function.argTypes().size() - 1);
      args.add(expression(function.argTypes().get(typeIndex), depth - 1));
    }
    return function.text() + "(" + String.join(" ,", args) + ")";
  }

  private String aggregation(int depth) {
    Aggregator[] aggregators = Aggregator.values();
    Aggregator aggregator = aggregators[random.nextInt(aggregators.length)];
    ValueType paramType = aggregator.paramType();
    String param = paramType == null ? "" : expression(paramType, depth - 1) + ",";
    String body = "(" + param + expression(ValueType.VECTOR, depth - 1) + ")";
    String grouping = maybe((random.nextBoolean() ? " BY" : " without") + labels() + " ");
    return random.nextBoolean()
        ? aggregator.text() + grouping + body
        : aggregator.text() + body + grouping;
  }

  private String selector() {
    StringBuilder matchers = new StringBuilder("{");
    for (int i = random.nextInt(3); i > 0; i--) {
      String value = oneOf(VALUES);
      String operator = value.contains("xff") ? "=" : oneOf(List.of("=", "!=", "=~", "!~"));
      if (value.startsWith("`")) {
        operator = "!=";
      }
      matchers.append(oneOf(List.of("a", "by", "'c d'"))).append(operator).append(value);
      matchers.append(',');
    }
    return random.nextInt(5) == 0
        ? matchers + "'metric.name'}"
        : oneOf(NAMES) + maybe(matchers + "}");
  }

  private String modifiers() {
    String extension = oneOf(List.of("", "", " anchored", " smoothed"));
    return random.nextBoolean() ? extension + times() : times() + extension;
  }

  private String times() {
    String at = " @ " + oneOf(List.of("1", "-1.5", "5m", "start()", "END()", "1700000000.123"));
    String offset = " offset " + maybe("-") + oneOf(List.of("5m", "1.5", "step()", "(5m + 1)"));
    return random.nextBoolean() ? maybe(at) + maybe(offset) : maybe(offset) + maybe(at);
  }

  private String length(int depth) {
    if (depth == 0) {
      return oneOf(LENGTHS);
    }
    return switch (random.nextInt(8)) {
      case 0 ->
          length(depth - 1) + oneOf(List.of("+", " - ", "*", "/", "%", "^")) + length(depth - 1);
      case 1 -> "(-" + length(depth - 1) + ")";
      case 2 -> oneOf(List.of("step()", "RANGE()", "1+ -step()^2"));
      case 3 -> "min_of(" + length(depth - 1) + "," + length(depth - 1) + ")";
      default -> oneOf(LENGTHS);
    };
  }

  private String labels() {
    return switch (random.nextInt(3)) {
      case 0 -> "()";
      case 1 -> "(" + oneOf(LABELS) + ",)";
      default -> "( " + oneOf(LABELS) + "," + oneOf(LABELS) + ")";
    };
  }

  private String sign() {
    return random.nextInt(4) == 0 ? "+" : "-";
  }

  private String maybe(String text) {
    return random.nextBoolean() ? text : "";
  }

  private String oneOf(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }
}
