package io.varve.query.plan;

import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Expressions;
import io.varve.query.influxql.ast.SelectField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of a SELECT's columns, by InfluxDB's rules. */
final class ColumnNames {
  private ColumnNames() {}

  /**
   * The column names behind the time: an alias as it is, otherwise the name of what is selected,
   * with a number behind it if that name is taken.
   */
  static List<String> of(List<SelectField> fields, String timeName) {
    Map<String, Integer> taken = new HashMap<>();
    taken.put(timeName, 1);
    for (SelectField field : fields) {
      if (field.alias() != null) {
        taken.put(field.alias(), 1);
      }
    }
    List<String> names = new ArrayList<>();
    for (SelectField field : fields) {
      if (field.alias() != null) {
        names.add(field.alias());
        continue;
      }
      String plain = nameOf(field.expression());
      Integer count = taken.get(plain);
      String name = plain;
      if (count != null) {
        int number = count;
        while (taken.containsKey(plain + "_" + number)) {
          number++;
        }
        name = plain + "_" + number;
        taken.put(plain, number + 1);
      }
      taken.put(name, 1);
      names.add(name);
    }
    return names;
  }

  private static String nameOf(Expression expression) {
    Expression inner = Expressions.unwrap(expression);
    if (inner instanceof Expression.Binary) {
      List<String> parts = new ArrayList<>();
      collect(inner, parts);
      return String.join("_", parts);
    }
    return ownName(inner);
  }

  private static void collect(Expression expression, List<String> parts) {
    Expression inner = Expressions.unwrap(expression);
    if (inner instanceof Expression.Binary binary) {
      collect(binary.left(), parts);
      collect(binary.right(), parts);
    } else if (!ownName(inner).isEmpty()) {
      parts.add(ownName(inner));
    }
  }

  private static String ownName(Expression expression) {
    if (expression instanceof Expression.VarRef ref) {
      return ref.name();
    }
    return expression instanceof Expression.Call call ? call.name() : "";
  }
}
