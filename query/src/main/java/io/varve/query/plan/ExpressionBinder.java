package io.varve.query.plan;

import io.varve.query.QueryException;
import io.varve.query.function.MathFunction;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.Cast;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.Operator;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.operator.Arithmetic;
import io.varve.query.operator.ColumnExpression;
import io.varve.query.operator.Constant;
import io.varve.query.operator.MathCall;
import io.varve.storage.model.FieldType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Turns expressions into columns; what names and calls stand for is up to the caller. */
final class ExpressionBinder {
  private final Function<Expression, ColumnExpression> leaves;
  private final Predicate<Expression.VarRef> isTag;
  private final Function<QueryException, ColumnExpression> mismatch;
  private final WorkingSpace space;

  /**
   * For columns: operands of the wrong type are errors.
   *
   * @param leaves resolves {@link Expression.VarRef}s and {@link Expression.Call}s
   * @param isTag whether a name is called a tag in messages
   */
  ExpressionBinder(
      Function<Expression, ColumnExpression> leaves,
      Predicate<Expression.VarRef> isTag,
      WorkingSpace space) {
    this(
        leaves,
        isTag,
        refusal -> {
          throw refusal;
        },
        space);
  }

  /**
   * As the other.
   *
   * @param mismatch what stands for an expression whose operands are of the wrong type
   */
  ExpressionBinder(
      Function<Expression, ColumnExpression> leaves,
      Predicate<Expression.VarRef> isTag,
      Function<QueryException, ColumnExpression> mismatch,
      WorkingSpace space) {
    this.leaves = leaves;
    this.isTag = isTag;
    this.mismatch = mismatch;
    this.space = space;
  }

  List<ColumnExpression> bindAll(List<SelectField> fields) {
    List<ColumnExpression> bound = new ArrayList<>(fields.size());
    for (SelectField field : fields) {
      bound.add(bind(field.expression()));
    }
    return bound;
  }

  ColumnExpression bind(Expression expression) {
    if (expression instanceof Expression.Paren paren) {
      return bind(paren.inner());
    }
    if (expression instanceof Expression.Binary binary && binary.operator().isArithmetic()) {
      return bind(binary);
    }
    ColumnExpression literal = literal(expression);
    if (literal != null) {
      space.take(1);
      return literal;
    }
    if (expression instanceof Expression.Call call && Calls.isMath(call)) {
      return bindMath(call);
    }
    if (expression instanceof Expression.VarRef || expression instanceof Expression.Call) {
      return leaves.apply(expression);
    }
    return mismatch.apply(
        new QueryException("expression is not supported: " + Printer.print(expression)));
  }

  /** The constant that a literal is, or null. */
  static @Nullable Constant literal(Expression expression) {
    if (expression instanceof Expression.IntegerLiteral literal) {
      return Constant.ofLong(FieldType.INTEGER, literal.value());
    }
    if (expression instanceof Expression.UnsignedLiteral literal) {
      return Constant.ofLong(FieldType.UNSIGNED, literal.value());
    }
    if (expression instanceof Expression.NumberLiteral literal) {
      return Constant.ofDouble(literal.value());
    }
    if (expression instanceof Expression.BooleanLiteral literal) {
      return Constant.ofLong(FieldType.BOOLEAN, literal.value() ? 1 : 0);
    }
    if (expression instanceof Expression.StringLiteral literal) {
      return Constant.ofString(literal.value().getBytes(StandardCharsets.UTF_8));
    }
    return null;
  }

  private ColumnExpression bind(Expression.Binary binary) {
    ColumnExpression left = bind(binary.left());
    ColumnExpression right = bind(binary.right());
    space.take(3);
    ColumnExpression bound =
        Arithmetic.of(operator(binary.operator()), likeOther(left, right), likeOther(right, left));
    return bound != null
        ? bound
        : mismatch.apply(
            new QueryException(
                "type error: "
                    + Printer.print(typed(binary))
                    + ": "
                    + incompatible(binary, left, right)));
  }

  private String incompatible(
      Expression.Binary binary, ColumnExpression left, ColumnExpression right) {
    boolean literal =
        binary.left() instanceof Expression.UnsignedLiteral
            || binary.right() instanceof Expression.UnsignedLiteral;
    if (literal && (left.type() == FieldType.INTEGER || right.type() == FieldType.INTEGER)) {
      return "cannot use " + binary.operator().text() + " with an integer and unsigned literal";
    }
    return "incompatible types: "
        + label(binary.left(), left)
        + " and "
        + label(binary.right(), right);
  }

  private String label(Expression operand, ColumnExpression bound) {
    return Expressions.unwrap(operand) instanceof Expression.VarRef ref && isTag.test(ref)
        ? "tag"
        : bound.type().label();
  }

  private ColumnExpression bindMath(Expression.Call call) {
    MathFunction function = MathFunction.of(call.name());
    if (function == null) {
      throw new IllegalStateException("unchecked call of " + call.name());
    }
    space.take(1 + function.arity());
    String[] positions = {"first", "second"};
    List<ColumnExpression> arguments = new ArrayList<>();
    for (int i = 0; i < function.arity(); i++) {
      ColumnExpression argument = bind(call.arguments().get(i));
      if (!function.accepts(argument.type())) {
        return mismatch.apply(
            new QueryException(
                "invalid argument type for the "
                    + positions[i]
                    + " argument in "
                    + call.name()
                    + "(): "
                    + argument.type().label()));
      }
      arguments.add(argument);
    }
    return new MathCall(function, arguments);
  }

  /** A non-negative integer literal beside an unsigned operand is unsigned itself. */
  private static ColumnExpression likeOther(ColumnExpression operand, ColumnExpression other) {
    if (operand instanceof Constant constant
        && other.type() == FieldType.UNSIGNED
        && constant.type() == FieldType.INTEGER
        && constant.longs()[0] >= 0) {
      return Constant.ofLong(FieldType.UNSIGNED, constant.longs()[0]);
    }
    return operand;
  }

  /** The expression with the type of each name written behind it, as messages show it. */
  private Expression typed(Expression expression) {
    if (expression instanceof Expression.VarRef ref && ref.cast() == null) {
      String label = label(ref, leaves.apply(ref)).toUpperCase(Locale.ROOT);
      return new Expression.VarRef(ref.name(), Cast.valueOf(label));
    }
    if (expression instanceof Expression.Binary binary) {
      return new Expression.Binary(binary.operator(), typed(binary.left()), typed(binary.right()));
    }
    if (expression instanceof Expression.Paren paren) {
      return new Expression.Paren(typed(paren.inner()));
    }
    if (expression instanceof Expression.Call call) {
      return new Expression.Call(call.name(), call.arguments().stream().map(this::typed).toList());
    }
    return expression;
  }

  private static Arithmetic.Operator operator(Operator operator) {
    return switch (operator) {
      case ADD -> Arithmetic.Operator.ADD;
      case SUB -> Arithmetic.Operator.SUBTRACT;
      case MUL -> Arithmetic.Operator.MULTIPLY;
      case DIV -> Arithmetic.Operator.DIVIDE;
      case MOD -> Arithmetic.Operator.REMAINDER;
      case BITWISE_AND -> Arithmetic.Operator.AND;
      case BITWISE_OR -> Arithmetic.Operator.OR;
      case BITWISE_XOR -> Arithmetic.Operator.XOR;
      default -> throw new IllegalStateException(operator + " is no arithmetic");
    };
  }
}
