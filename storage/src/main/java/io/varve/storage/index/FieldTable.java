package io.varve.storage.index;

import io.varve.storage.model.Field;
import io.varve.storage.model.FieldType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of one measurement by name and type, and by id. One writer; readers take no lock. */
final class FieldTable extends HashSlots {
  /** A field with its name as it is on the wire. */
  private record Entry(Field field, byte[] name) {}

  private static final Comparator<Field> BY_NAME_THEN_TYPE =
      Comparator.comparing(Field::name, io.varve.storage.model.SeriesKey::compareUtf8)
          .thenComparing(Field::type);

  /** By id; the highest id with an entry is {@link #lastId}. */
  private volatile @Nullable Entry[] entries = new Entry[2];

  private volatile int lastId;

  /**
   * All fields in order, and what they were read from: a drop makes another array, an addition
   * another id.
   */
  private record Sorted(@Nullable Entry[] entries, int lastId, List<Field> fields) {}

  private volatile @Nullable Sorted sorted;

  private volatile boolean dropped;

  /** The field's id, or {@link SeriesIndex#NONE}. */
  int find(byte[] name, int offset, int length, FieldType type) {
    return (int) find(name, offset, length, type.code());
  }

  int lastId() {
    return lastId;
  }

  /** Adds a field that is not yet here. Writer. */
  void add(int id, byte[] name, FieldType type) {
    @Nullable Entry[] grown = entries;
    if (id >= grown.length) {
      grown = Arrays.copyOf(grown, Math.max(id + 1, grown.length * 2));
    }
    grown[id] = new Entry(new Field(id, new String(name, StandardCharsets.UTF_8), type), name);
    entries = grown;
    lastId = Math.max(lastId, id);
    insert(id, Hash64.of(name, 0, name.length, type.code()));
  }

  /** Takes a field out; its id is not handed out again. Writer. */
  void drop(int id) {
    remove(id);
    @Nullable Entry[] rest = entries.clone();
    rest[id] = null;
    entries = rest;
    dropped = true;
  }

  /** Notes that an id is that of a dropped field. Loading only. */
  void restoreDropped(int id) {
    lastId = Math.max(lastId, id);
    dropped = true;
  }

  /** Whether any field was ever dropped. */
  boolean hasDropped() {
    return dropped;
  }

  @Nullable Field field(int id) {
    if (id <= 0 || id > lastId) {
      return null;
    }
    @Nullable Entry[] known = entries;
    Entry entry = id < known.length ? known[id] : null;
    return entry == null ? null : entry.field;
  }

  /** By name, then type; not to be changed. */
  List<Field> all() {
    int last = lastId;
    @Nullable Entry[] known = entries;
    Sorted before = sorted;
    if (before != null && before.entries == known && before.lastId == last) {
      return before.fields;
    }
    List<Field> fields = new ArrayList<>();
    for (int id = 1; id <= last && id < known.length; id++) {
      Entry entry = known[id];
      if (entry != null) {
        fields.add(entry.field);
      }
    }
    fields.sort(BY_NAME_THEN_TYPE);
    List<Field> all = List.copyOf(fields);
    sorted = new Sorted(known, last, all);
    return all;
  }

  @Override
  boolean matches(long id, byte[] name, int offset, int length, int kind) {
    Entry entry = entries[(int) id];
    return entry != null // else it was dropped just now
        && entry.field.type().code() == kind
        && entry.name.length == length
        && Arrays.equals(entry.name, 0, length, name, offset, offset + length);
  }

  @Override
  int lowHashOf(long id) {
    Entry entry = entry(id);
    return (int) Hash64.of(entry.name, 0, entry.name.length, entry.field.type().code());
  }

  private Entry entry(long id) {
    Entry entry = entries[(int) id];
    if (entry == null) {
      throw new IllegalStateException("the field table has lost field " + id);
    }
    return entry;
  }
}
