package io.varve.query.plan;

import com.google.re2j.Pattern;
import io.varve.query.QueryException;
import io.varve.query.influxql.Printer;
import io.varve.query.influxql.ast.Cast;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.SelectField;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.SeriesKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Replaces {@code *} and regular expressions in a field list by the names they stand for. */
final class Wildcards {
  private final Schema schema;
  private final Set<String> groupedBy;
  private final boolean fieldsOnly;

  /**
   * @param groupedBy the tags grouped by, which {@code *} leaves out
   * @param fieldsOnly whether it leaves out all tags, as beside a wildcard in GROUP BY
   */
  Wildcards(Schema schema, Set<String> groupedBy, boolean fieldsOnly) {
    this.schema = schema;
    this.groupedBy = groupedBy;
    this.fieldsOnly = fieldsOnly;
  }

  List<SelectField> expand(List<SelectField> fields) {
    List<SelectField> expanded = new ArrayList<>();
    for (SelectField field : fields) {
      Expression expression = Expressions.unwrap(field.expression());
      if (expression instanceof Expression.Wildcard wildcard) {
        addColumns(
            wildcard.kind() != Expression.Wildcard.Kind.TAG,
            !fieldsOnly && wildcard.kind() != Expression.Wildcard.Kind.FIELD,
            name -> true,
            expanded);
      } else if (expression instanceof Expression.Regex regex) {
        Pattern pattern = Pattern.compile(regex.pattern());
        addColumns(true, !fieldsOnly, name -> pattern.matcher(name).find(), expanded);
      } else if (expression instanceof Expression.Call call && isWild(call)) {
        addCalls(call, field.alias(), expanded);
      } else if (Expressions.anyMatch(expression, Wildcards::isWildcard)) {
        throw new QueryException(
            "unsupported expression with wildcard: " + Printer.print(field.expression()));
      } else {
        expanded.add(field);
      }
    }
    return expanded;
  }

  private static boolean isWildcard(Expression expression) {
    return expression instanceof Expression.Wildcard || expression instanceof Expression.Regex;
  }

  private static boolean isWild(Expression.Call call) {
    return !call.arguments().isEmpty() && isWildcard(innermost(call));
  }

  /** What a call, or the one inside it, reads. */
  private static Expression innermost(Expression.Call call) {
    Expression argument = call.arguments().get(0);
    return argument instanceof Expression.Call inner && !inner.arguments().isEmpty()
        ? innermost(inner)
        : argument;
  }

  /** The call with another argument in its innermost call. */
  private static Expression.Call reading(Expression.Call call, Expression innermost) {
    List<Expression> arguments = new ArrayList<>(call.arguments());
    Expression argument = arguments.get(0);
    arguments.set(
        0, argument instanceof Expression.Call inner ? reading(inner, innermost) : innermost);
    return new Expression.Call(call.name(), arguments);
  }

  /** Fields and tags in one order by name; the field first where both have one. */
  private void addColumns(
      boolean fields, boolean tags, Predicate<String> matches, List<SelectField> into) {
    Iterator<String> fieldNames = fields ? schema.fields().keySet().iterator() : noNames();
    Iterator<String> tagNames = tags ? schema.tags().iterator() : noNames();
    String field = next(fieldNames);
    String tag = next(tagNames);
    while (field != null || tag != null) {
      if (field != null && (tag == null || SeriesKey.compareUtf8(field, tag) <= 0)) {
        if (matches.test(field)) {
          into.add(new SelectField(new Expression.VarRef(field, Cast.FIELD), null));
        }
        field = next(fieldNames);
      } else if (tag != null) {
        if (matches.test(tag) && !groupedBy.contains(tag)) {
          Cast cast = schema.isRowTag(tag) ? null : Cast.TAG;
          into.add(new SelectField(new Expression.VarRef(tag, cast), null));
        }
        tag = next(tagNames);
      }
    }
  }

  private static Iterator<String> noNames() {
    return Collections.emptyIterator();
  }

  private static @Nullable String next(Iterator<String> names) {
    return names.hasNext() ? names.next() : null;
  }

  private void addCalls(Expression.Call call, @Nullable String alias, List<SelectField> into) {
    Expression argument = innermost(call);
    if (argument instanceof Expression.Wildcard wildcard
        && wildcard.kind() == Expression.Wildcard.Kind.TAG) {
      Expression.Call inner = call;
      while (inner.arguments().get(0) instanceof Expression.Call further) {
        inner = further;
      }
      throw new QueryException("unable to use tag wildcard in " + inner.name() + "()");
    }
    Pattern pattern =
        argument instanceof Expression.Regex regex ? Pattern.compile(regex.pattern()) : null;
    for (Map.Entry<String, FieldType> field : schema.fields().entrySet()) {
      boolean accepted = Calls.accepts(call, field.getValue());
      if (accepted && (pattern == null || pattern.matcher(field.getKey()).find())) {
        String prefix = alias == null ? call.name() : alias;
        into.add(
            new SelectField(
                reading(call, new Expression.VarRef(field.getKey(), Cast.FIELD)),
                prefix + "_" + field.getKey()));
      }
    }
  }
}
