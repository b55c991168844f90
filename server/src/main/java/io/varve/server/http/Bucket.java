package io.varve.server.http;

/**
 * What InfluxDB 2 calls a bucket: a database and one of its retention policies.
 *
 * @param policy empty for the database's default
 */
record Bucket(String database, String policy) {
  /**
   * Reads {@code database/policy}; the slash and what follows may be missing.
   *
   * @throws IllegalArgumentException with InfluxDB's words if there is no database
   */
  static Bucket parse(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "bucket name \"\" is missing a slash; not in \"database/retention-policy\" format");
    }
    int slash = name.indexOf('/');
    String database = slash < 0 ? name : name.substring(0, slash);
    if (database.isEmpty()) {
      throw new IllegalArgumentException(
          "bucket name \"" + name + "\" is in db/rp form but has an empty database");
    }
    return new Bucket(database, slash < 0 ? "" : name.substring(slash + 1));
  }
}
