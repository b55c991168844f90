package io.varve.query.plan;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.TimeLiterals;
import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.storage.model.SeriesKey;
import java.time.ZoneId;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What GROUP BY says.
 *
 * @param widthNanos of the windows; 0 without time()
 * @param offsetNanos of the windows
 * @param tags the tags, in output order
 */
record Dimensions(long widthNanos, long offsetNanos, SortedSet<String> tags) {
  boolean hasWindows() {
    return widthNanos > 0;
  }

  static Dimensions of(List<Dimension> dimensions, Schema schema, long nowNanos, ZoneId zone) {
    SortedSet<String> tags = new TreeSet<>(SeriesKey::compareUtf8);
    long width = 0;
    long offset = 0;
    for (Dimension dimension : dimensions) {
      Expression expression = Expressions.unwrap(dimension.expression());
      if (expression instanceof Expression.VarRef ref && !WhereClause.isTime(ref)) {
        tags.add(ref.name());
      } else if (expression instanceof Expression.Wildcard) {
        tags.addAll(schema.tags());
      } else if (expression instanceof Expression.Regex regex) {
        Pattern pattern = Pattern.compile(regex.pattern());
        for (String tag : schema.tags()) {
          if (pattern.matcher(tag).find()) {
            tags.add(tag);
          }
        }
      } else if (expression instanceof Expression.Call call && call.name().equals("time")) {
        if (width != 0) {
          throw new QueryException("multiple time dimensions not allowed");
        }
        width = width(call);
        offset = offset(call, width, nowNanos, zone);
      } else if (expression instanceof Expression.Call) {
        throw new QueryException("only time() calls allowed in dimensions");
      } else {
        throw new QueryException("only time and tag dimensions allowed");
      }
    }
    return new Dimensions(width, offset, tags);
  }

  private static long width(Expression.Call call) {
    int arguments = call.arguments().size();
    if (arguments != 1 && arguments != 2) {
      throw new QueryException("time dimension expected 1 or 2 arguments");
    }
    if (call.arguments().get(0) instanceof Expression.DurationLiteral literal) {
      return literal.nanos();
    }
    throw new QueryException("time dimension must have duration argument");
  }

  private static long offset(Expression.Call call, long width, long nowNanos, ZoneId zone) {
    if (call.arguments().size() == 1 || width == 0) {
      return 0;
    }
    Expression offset = Expressions.unwrap(call.arguments().get(1));
    if (offset instanceof Expression.DurationLiteral literal) {
      return literal.nanos() % width;
    }
    if (offset instanceof Expression.StringLiteral literal
        && TimeLiterals.looksLikeTime(literal.value())) {
      return Math.floorMod(TimeLiterals.parse(literal.value(), zone), width);
    }
    if (offset instanceof Expression.Call now) {
      if (now.name().equals("now") && now.arguments().isEmpty()) {
        return Math.floorMod(nowNanos, width);
      }
      throw new QueryException("time dimension offset function must be now()");
    }
    throw new QueryException("time dimension offset must be duration or now()");
  }
}
