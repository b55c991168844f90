package io.varve.query.plan;

import io.varve.query.influxql.ast.Cast;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.operator.ColumnExpression;
import io.varve.query.operator.InputColumn;
import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input columns of a statement: each name used, once per cast, with the type that it has over
 * all sources. What the names mean in one source is worked out by {@link #bind}.
 */
final class Inputs {
  /** Where a name leads. */
  private enum Kind {
    FIELD,
    TAG
  }

  private record Reference(String name, Kind kind, FieldType type) {
    boolean is(Field field) {
      return field.name().equals(name);
    }
  }

  private final Schema schema;
  private final List<Reference> references = new ArrayList<>();

  Inputs(Schema schema) {
    this.schema = schema;
  }

  /** The input of a name; one that nobody knows is a field without values. */
  ColumnExpression.Input of(Expression.VarRef ref) {
    return isTag(ref)
        ? reference(new Reference(ref.name(), Kind.TAG, FieldType.STRING))
        : field(ref);
  }

  /** The input of a name as a field, even if it is a tag: functions read fields only. */
  ColumnExpression.Input field(Expression.VarRef ref) {
    FieldType stored = ref.cast() == Cast.TAG ? null : schema.fieldType(ref.name());
    FieldType wanted = typeOf(ref.cast());
    FieldType type = wanted != null ? wanted : (stored != null ? stored : FieldType.FLOAT);
    return reference(new Reference(stored == null ? "" : ref.name(), Kind.FIELD, type));
  }

  /** Whether messages call a name a tag: also one that a subquery has made a column. */
  boolean isCalledTag(Expression.VarRef ref) {
    return isTag(ref) || (ref.cast() == null && schema.isRowTag(ref.name()));
  }

  /** Whether no source has a field or tag of a name, and the statement gives it no type. */
  boolean isUnknown(Expression.VarRef ref) {
    return !isTag(ref) && schema.fieldType(ref.name()) == null && typeOf(ref.cast()) == null;
  }

  /** Whether a name is a tag, or nothing at all and hence a tag without values. */
  boolean isTag(Expression.VarRef ref) {
    if (ref.cast() == Cast.TAG) {
      return true;
    }
    return ref.cast() == null && schema.fieldType(ref.name()) == null && schema.isTag(ref.name());
  }

  private static @Nullable FieldType typeOf(@Nullable Cast cast) {
    if (cast == null) {
      return null;
    }
    return switch (cast) {
      case FLOAT -> FieldType.FLOAT;
      case INTEGER -> FieldType.INTEGER;
      case UNSIGNED -> FieldType.UNSIGNED;
      case STRING -> FieldType.STRING;
      case BOOLEAN -> FieldType.BOOLEAN;
      case FIELD, TAG -> null;
    };
  }

  private ColumnExpression.Input reference(Reference reference) {
    int index = references.indexOf(reference);
    if (index < 0) {
      index = references.size();
      references.add(reference);
    }
    return new ColumnExpression.Input(index, reference.type());
  }

  int size() {
    return references.size();
  }

  /** The inputs that are fields. */
  int[] fieldInputs() {
    int[] found = new int[references.size()];
    int count = 0;
    for (int i = 0; i < found.length; i++) {
      if (references.get(i).kind() == Kind.FIELD) {
        found[count++] = i;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** The inputs of one source, and the ids of the fields to read for them. */
  record Binding(List<InputColumn> columns, int[] fieldIds) {}

  Binding bind(List<Field> fields) {
    List<InputColumn> columns = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (Reference reference : references) {
      boolean tag =
          reference.kind() == Kind.TAG
              || (schema.isRowTag(reference.name()) && !isAmong(fields, reference));
      columns.add(tag ? InputColumn.tag(reference.name()) : bindField(reference, fields, ids));
    }
    int[] fieldIds = new int[ids.size()];
    for (int i = 0; i < fieldIds.length; i++) {
      fieldIds[i] = ids.get(i);
    }
    return new Binding(columns, fieldIds);
  }

  private static boolean isAmong(List<Field> fields, Reference reference) {
    for (Field field : fields) {
      if (reference.is(field)) {
        return true;
      }
    }
    return false;
  }

  private static InputColumn bindField(Reference reference, List<Field> fields, List<Integer> ids) {
    List<Field> stored = new ArrayList<>();
    for (Field field : fields) {
      if (field.name().equals(reference.name())) {
        stored.add(field);
      }
    }
    if (stored.isEmpty() || reference.name().isEmpty()) {
      return InputColumn.missing(reference.type());
    }
    stored.sort(Comparator.comparingInt(field -> Schema.precedence(field.type())));
    FieldType[] types = new FieldType[stored.size()];
    int[] columns = new int[stored.size()];
    for (int i = 0; i < columns.length; i++) {
      Field field = stored.get(i);
      types[i] = field.type();
      int at = ids.indexOf(field.id());
      if (at < 0) {
        at = ids.size();
        ids.add(field.id());
      }
      columns[i] = at;
    }
    return InputColumn.field(reference.type(), types, columns);
  }
}
