package io.varve.query.prometheus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * Names or series in order.
 *
 * @param truncated whether there are more, which the limit of the request left out
 */
public record PromList<T>(Collection<T> items, boolean truncated) {
  /** The first of sorted items. */
  static <T> PromList<T> of(Collection<T> sorted, int limit) {
    if (limit == 0 || sorted.size() <= limit) {
      return new PromList<>(sorted, false);
    }
    Iterator<T> all = sorted.iterator();
    List<T> first = new ArrayList<>(limit);
    while (first.size() < limit) {
      first.add(all.next());
    }
    return new PromList<>(first, true);
  }
}
