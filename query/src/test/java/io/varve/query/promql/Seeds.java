package io.varve.query.promql;

/** The seed of a random test: the system property {@code varve.seed}, or a new one. */
final class Seeds {
  private Seeds() {}

  static long seed() {
    return Long.getLong("varve.seed", System.nanoTime());
  }
}
