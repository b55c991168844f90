package io.varve.query.operator;

import io.varve.query.function.Bitmap;
import io.varve.query.function.Vector;
import io.varve.storage.Column;
import io.varve.storage.NewestRows;
import io.varve.storage.model.FieldType;
import io.varve.storage.model.TagReader;
import io.varve.storage.model.TagValues;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest rows of groups of one series each, as far as they are to be had without a scan: a row
 * for each group, with all of its tags, and with the values of those that have been found.
 */
final class NewestFirst {
  /** Tags are codes if there are so many groups for each value, so that texts are made for many. */
  private static final int GROUPS_PER_VALUE = 4;

  private final RawPlan plan;
  private final List<Group> groups;
  private final int[] seriesIds;
  private final NewestRows found;

  /** By output: the field whose value it is, or {@code -1 - n} for tag number n. */
  private final int[] origins;

  private final List<String> tagKeys;

  private NewestFirst(RawPlan plan, List<Group> groups, int[] origins, List<String> tagKeys) {
    ScanSource source = plan.sources().get(0);
    this.plan = plan;
    this.groups = groups;
    this.origins = origins;
    this.tagKeys = tagKeys;
    seriesIds = new int[groups.size()];
    for (int g = 0; g < seriesIds.length; g++) {
      seriesIds[g] = groups.get(g).seriesIds()[0][0];
    }
    found = new NewestRows(seriesIds, source.fieldIds(), plan.range());
    source.reader().read(found);
  }

  /** Null if other rows than the newest are wanted, or what has to be computed. */
  static @Nullable NewestFirst of(RawPlan plan, List<Group> groups) {
    if (plan.maxRows() != 1
        || !plan.descending()
        || plan.sources().size() != 1
        || plan.sources().get(0).condition() != RowCondition.TRUE) {
      return null;
    }
    List<InputColumn> inputs = plan.sources().get(0).inputs();
    List<String> tagKeys = new ArrayList<>();
    int[] origins = new int[plan.outputs().size()];
    for (int c = 0; c < origins.length; c++) {
      if (!(plan.outputs().get(c) instanceof ColumnExpression.Input input)) {
        return null;
      }
      InputColumn column = inputs.get(input.index());
      String tag = column.tag();
      if (tag == null) {
        origins[c] = column.storedColumn();
        if (origins[c] < 0) {
          return null;
        }
        continue;
      }
      if (!tagKeys.contains(tag)) {
        tagKeys.add(tag);
      }
      origins[c] = -1 - tagKeys.indexOf(tag);
    }
    return new NewestFirst(plan, groups, origins, tagKeys);
  }

  /** Whether the row of a group is here. */
  boolean has(int group) {
    return found.isFound(group);
  }

  /** The groups whose rows have to be looked for. */
  List<Group> others() {
    List<Group> others = new ArrayList<>();
    for (int g = 0; g < seriesIds.length; g++) {
      if (!has(g)) {
        others.add(groups.get(g));
      }
    }
    return others;
  }

  /** The times of the rows found, by group. */
  long[] times() {
    return found.timestampsNanos();
  }

  /** The columns: {@link Vector}s in which only values of fields are missing, or codes of tags. */
  Column[] columns() {
    Column[] tags = tagColumns();
    long[] present = new long[Bitmap.WORDS];
    for (int g = 0; g < seriesIds.length; g++) {
      if (has(g)) {
        Bitmap.set(present, g);
      }
    }
    Column[] columns = new Column[origins.length];
    for (int c = 0; c < columns.length; c++) {
      int origin = origins[c];
      columns[c] =
          origin < 0
              ? tags[-1 - origin]
              : fieldColumn(plan.outputs().get(c).type(), found.bits(origin), present);
    }
    return columns;
  }

  private static Vector fieldColumn(FieldType type, long[] bits, long[] present) {
    boolean asTheyAre = type != FieldType.FLOAT && type != FieldType.STRING;
    Vector column = asTheyAre ? new Vector(type, bits) : new Vector(type, bits.length);
    column.reset(bits.length);
    column.setPresence(present);
    if (type == FieldType.FLOAT) {
      double[] doubles = column.doubles();
      for (int g = 0; g < bits.length; g++) {
        doubles[g] = Double.longBitsToDouble(bits[g]);
      }
    }
    return column;
  }

  private Column[] tagColumns() {
    int count = tagKeys.size();
    if (count == 0) {
      return new Column[0];
    }
    TagReader tags = plan.sources().get(0).reader().tags(tagKeys);
    tags.read(seriesIds[0]);
    Column[] columns = new Column[count];
    int[][] codes = new int[count][];
    for (int t = 0; t < count; t++) {
      TagValues values = tags.values(t);
      if (values != null && values.count() <= plan.groups().size() / GROUPS_PER_VALUE) {
        codes[t] = new int[seriesIds.length];
        columns[t] = new TagCodes(values, codes[t]);
      } else {
        Vector texts = new Vector(FieldType.STRING, seriesIds.length);
        texts.reset(seriesIds.length);
        columns[t] = texts;
      }
    }
    for (int g = 0; g < seriesIds.length; g++) {
      tags.read(seriesIds[g]);
      for (int t = 0; t < count; t++) {
        if (columns[t] instanceof Vector texts) {
          byte[] value = tags.value(t);
          if (value.length > 0) {
            texts.setString(g, value);
          }
        } else {
          codes[t][g] = 1 + tags.number(t);
        }
      }
    }
    return columns;
  }
}
