package io.varve.storage.index;

import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The plainest thing that an index must agree with: a map of keys that is searched from end to end.
 */
final class NaiveIndex {
  final Map<Integer, SeriesKey> series = new TreeMap<>();

  boolean holds(TagPredicate predicate, SeriesKey key) {
    if (predicate instanceof TagPredicate.All) {
      return true;
    } else if (predicate instanceof TagPredicate.None) {
      return false;
    } else if (predicate instanceof TagPredicate.Equals equals) {
      return key.tag(equals.key()).equals(equals.value());
    } else if (predicate instanceof TagPredicate.Matches matches) {
      return matches.pattern().matcher(key.tag(matches.key())).find();
    } else if (predicate instanceof TagPredicate.Not not) {
      return !holds(not.operand(), key);
    } else if (predicate instanceof TagPredicate.And and) {
      return and.operands().stream().allMatch(operand -> holds(operand, key));
    } else if (predicate instanceof TagPredicate.Or or) {
      return or.operands().stream().anyMatch(operand -> holds(operand, key));
    }
    throw new IllegalStateException();
  }

  int[] select(String measurement, TagPredicate predicate) {
    return series.entrySet().stream()
        .filter(entry -> entry.getValue().measurement().equals(measurement))
        .filter(entry -> holds(predicate, entry.getValue()))
        .mapToInt(Map.Entry::getKey)
        .toArray();
  }

  List<String> measurements() {
    SortedSet<String> names = new TreeSet<>(SeriesKey::compareUtf8);
    series.values().forEach(key -> names.add(key.measurement()));
    return new ArrayList<>(names);
  }

  List<String> tagKeys(String measurement) {
    SortedSet<String> names = new TreeSet<>(SeriesKey::compareUtf8);
    of(measurement).forEach(key -> names.addAll(key.tags().keySet()));
    return new ArrayList<>(names);
  }

  List<String> tagValues(String measurement, String tagKey) {
    SortedSet<String> values = new TreeSet<>(SeriesKey::compareUtf8);
    of(measurement).forEach(key -> values.add(key.tag(tagKey)));
    values.remove("");
    return new ArrayList<>(values);
  }

  long count(String measurement) {
    return of(measurement).size();
  }

  private List<SeriesKey> of(String measurement) {
    return series.values().stream().filter(key -> key.measurement().equals(measurement)).toList();
  }
}
