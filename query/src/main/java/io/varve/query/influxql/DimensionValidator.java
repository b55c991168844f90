package io.varve.query.influxql;

import io.varve.query.QueryException;
import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of GROUP BY. */
final class DimensionValidator {
  private DimensionValidator() {}

  /** Nanoseconds of time(...), 0 without one. */
  static long validate(List<Dimension> dimensions, @Nullable ZoneId zone) {
    long interval = 0;
    for (Dimension dimension : dimensions) {
      Expression expression = Reducer.reduce(dimension.expression());
      if (expression instanceof Expression.Call call) {
        long found = validateTime(call, zone);
        if (interval != 0) {
          throw new QueryException("multiple time dimensions not allowed");
        }
        interval = found;
      } else if (expression instanceof Expression.VarRef ref) {
        if (ref.name().equalsIgnoreCase("time")) {
          throw new QueryException("time() is a function and expects at least one argument");
        }
      } else if (!(expression instanceof Expression.Wildcard)
          && !(expression instanceof Expression.Regex)) {
        throw new QueryException("only time and tag dimensions allowed");
      }
    }
    return interval;
  }

  private static long validateTime(Expression.Call call, @Nullable ZoneId zone) {
    if (!call.name().equals("time")) {
      throw new QueryException("only time() calls allowed in dimensions");
    }
    long interval = interval(call);
    if (call.arguments().size() == 2) {
      validateOffset(call.arguments().get(1), zone == null ? ZoneOffset.UTC : zone);
    }
    return interval;
  }

  static long interval(Expression.Call time) {
    List<Expression> arguments = time.arguments();
    if (arguments.isEmpty() || arguments.size() > 2) {
      throw new QueryException("time dimension expected 1 or 2 arguments");
    }
    if (!(arguments.get(0) instanceof Expression.DurationLiteral duration)) {
      throw new QueryException("time dimension must have duration argument");
    }
    return duration.nanos();
  }

  private static void validateOffset(Expression offset, ZoneId zone) {
    if (offset instanceof Expression.DurationLiteral) {
      return;
    }
    if (offset instanceof Expression.Call call) {
      if (!call.name().equals("now")) {
        throw new QueryException("time dimension offset function must be now()");
      }
      if (!call.arguments().isEmpty()) {
        throw new QueryException("time dimension offset now() function requires no arguments");
      }
      return;
    }
    if (offset instanceof Expression.StringLiteral text
        && TimeLiterals.looksLikeTime(text.value())) {
      long unused = TimeLiterals.parse(text.value(), zone);
      return;
    }
    throw new QueryException("time dimension offset must be duration or now()");
  }
}
