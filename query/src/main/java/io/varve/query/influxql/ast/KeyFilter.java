package io.varve.query.influxql.ast;

import java.util.List;

/** The WITH KEY clause of SHOW TAG KEYS and SHOW TAG VALUES: which tag keys are meant. */
public sealed interface KeyFilter {

  /** {@code WITH KEY = key} or {@code WITH KEY != key}. */
  record Equal(String key, boolean negated) implements KeyFilter {}

  /** {@code WITH KEY =~ /regex/} or {@code WITH KEY !~ /regex/}. */
  record Match(Expression.Regex regex, boolean negated) implements KeyFilter {}

  /** {@code WITH KEY IN (a, b)}. */
  record In(List<String> keys) implements KeyFilter {
    public In {
      keys = List.copyOf(keys);
    }
  }
}
