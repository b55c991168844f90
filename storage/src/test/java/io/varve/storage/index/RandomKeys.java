package io.varve.storage.index;

import com.google.re2j.Pattern;
import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagPredicate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Draws keys and predicates from a few words, so that they often have to do with each other. */
final class RandomKeys {
  static final List<String> MEASUREMENTS = List.of("cpu", "disk io", "mémoire", "\uD83D\uDE00");
  static final List<String> TAG_KEYS = List.of("host", "région", "\uD83D\uDC33", "\uFFE1", "dc");

  private static final List<String> VALUES =
      List.of(
          "", "a", "b", "web-1", "web-2", "db-1", "été", "\uD83D\uDE80", "\uFFE2", "a\nb", "x.y");
  private static final List<String> PATTERNS =
      List.of(
          ".*",
          ".+",
          "^$",
          "",
          "^.*$",
          "^.+$",
          "a",
          "^a$",
          "^(a|b)$",
          "^(?:web-1|db-1|nope)$",
          "^web-",
          "^web-.*",
          "^web-.*$",
          ".*-1$",
          "-1$",
          "web|db",
          "^a|1$",
          "^(?:|a)$",
          "^(?:.*web.*)$",
          "é",
          "\\.",
          "^x\\.y$",
          "^x.y$",
          "[ab]",
          "^[^a]*$",
          "(?i)WEB",
          "^(?:(a|b))$",
          "a.b",
          "^a.*",
          "^a.*$",
          "(?s)^a.*b$",
          "^(a|)$",
          "\\d",
          "^web-(1|2)$",
          "(a)(b)?",
          "^^a",
          "$",
          "a$|^b$",
          "^(a$|b)",
          "\\Qx.y\\E",
          "^\\Qa|b\\E$",
          "web-[0-9]+",
          "^(?:.+)$",
          ".*?a",
          "\\$$",
          "(?:)");

  private final SplittableRandom random;

  RandomKeys(SplittableRandom random) {
    this.random = random;
  }

  SeriesKey key() {
    Map<String, String> tags = new HashMap<>();
    for (String tagKey : TAG_KEYS) {
      if (random.nextInt(3) > 0) {
        tags.put(tagKey, value());
      }
    }
    if (random.nextInt(4) == 0) {
      tags.put("id", "v" + random.nextInt(10_000));
    }
    if (random.nextInt(500) == 0) {
      tags.put("long", "x".repeat(60_000) + random.nextInt(10));
    }
    return SeriesKey.of(pick(MEASUREMENTS), tags);
  }

  TagPredicate predicate(int depth) {
    int kind = random.nextInt(depth > 0 ? 10 : 6);
    return switch (kind) {
      case 0 -> new TagPredicate.All();
      case 1 -> new TagPredicate.None();
      case 2, 3 -> new TagPredicate.Equals(tagKey(), value());
      case 4, 5 -> new TagPredicate.Matches(tagKey(), Pattern.compile(pick(PATTERNS)));
      case 6 -> new TagPredicate.Not(predicate(depth - 1));
      case 7, 8 -> new TagPredicate.And(predicates(depth - 1));
      default -> new TagPredicate.Or(predicates(depth - 1));
    };
  }

  static List<Pattern> patterns() {
    return PATTERNS.stream().map(Pattern::compile).toList();
  }

  static List<String> values() {
    return VALUES;
  }

  private List<TagPredicate> predicates(int depth) {
    List<TagPredicate> operands = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      operands.add(predicate(depth));
    }
    return operands;
  }

  private String tagKey() {
    return random.nextInt(8) == 0 ? "nosuch" : pick(TAG_KEYS);
  }

  private String value() {
    return pick(VALUES);
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
