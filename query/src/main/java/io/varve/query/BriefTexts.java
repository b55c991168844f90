package io.varve.query;

import io.varve.query.influxql.ast.Select;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Statements that may be brief, by their text, for what asks the same again and again: a wall of
 * newest values, an alert. To parse and to look through such a text takes a tenth of what the
 * answer costs.
 *
 * <p>A text has one place, by its hash, which it takes when it comes for the second time in
 * succession there; what comes once is not kept. At most {@link #PLACES} texts of {@link
 * #MAX_TEXT_CHARS}, some megabytes. Any thread; races cost a text its place, no more.
 */
final class BriefTexts {
  static final int PLACES = 256;
  static final int MAX_TEXT_CHARS = 1024;

  private record Known(String text, Select select) {}

  private final AtomicReferenceArray<@Nullable Known> known = new AtomicReferenceArray<>(PLACES);

  /** The hash of the text that was last told of at a place. */
  private final AtomicIntegerArray lastHashes = new AtomicIntegerArray(PLACES);

  /** What a text says, or null if it is not known. */
  @Nullable Select find(String text) {
    Known found = known.getPlain(place(text));
    return found != null && found.text().equals(text) ? found.select() : null;
  }

  /** Tells of a text that was not known. */
  void note(String text, Select select) {
    int place = place(text);
    if (text.length() > MAX_TEXT_CHARS) {
      return;
    }
    if (lastHashes.getPlain(place) == text.hashCode()) {
      known.setRelease(place, new Known(text, select));
    } else {
      lastHashes.setPlain(place, text.hashCode());
    }
  }

  private static int place(String text) {
    int hash = text.hashCode();
    return (hash ^ hash >>> 16) & (PLACES - 1);
  }
}
