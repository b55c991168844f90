package io.varve.bench.load;

import io.varve.storage.model.PointBatch;
import java.nio.charset.StandardCharsets;

/**
 * Canonical keys of many hosts, made one at a time so that the generator holds nothing: the ten
 * tags of TSBS, or two of them. A host's tags depend on its number alone. One thread.
 */
final class SeriesKeys {
  private static final String[] REGIONS = {
    "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1"
  };
  private static final byte[] FIELD = "value".getBytes(StandardCharsets.UTF_8);

  private final boolean allTags;
  private final byte[] key = new byte[512];
  private int length;

  SeriesKeys(boolean allTags) {
    this.allTags = allTags;
  }

  static String hostname(int host) {
    return "host_" + host;
  }

  static String region(int host) {
    return REGIONS[choose(host, 1, REGIONS.length)];
  }

  static String os(int host) {
    return choose(host, 2, 2) == 0 ? "Ubuntu16.04LTS" : "Ubuntu15.10";
  }

  /** Adds a row with one integer. */
  void addRow(PointBatch batch, int host, long timestampNanos, long value) {
    length = 0;
    string("cpu");
    if (allTags) {
      tag("arch", choose(host, 3, 2) == 0 ? "x64" : "x86");
      tag("datacenter", region(host) + (char) ('a' + choose(host, 4, 3)));
    }
    tag("hostname", hostname(host));
    if (allTags) {
      tag("os", os(host));
      tag("rack", Integer.toString(choose(host, 5, 100)));
    }
    tag("region", region(host));
    if (allTags) {
      tag("service", Integer.toString(choose(host, 6, 20)));
      tag("service_environment", choose(host, 7, 2) == 0 ? "production" : "staging");
      tag("service_version", Integer.toString(choose(host, 8, 2)));
      tag("team", choose(host, 9, 2) == 0 ? "SF" : "NYC");
    }
    batch.beginRow(key, 0, length);
    batch.addInteger(FIELD, 0, FIELD.length, value);
    batch.endRow(timestampNanos);
  }

  private void tag(String name, String value) {
    string(name);
    string(value);
  }

  /** Appends a string of less than 128 bytes of ASCII behind its length. */
  private void string(String text) {
    key[length++] = (byte) text.length();
    for (int i = 0; i < text.length(); i++) {
      key[length++] = (byte) text.charAt(i);
    }
  }

  private static int choose(int host, int what, int choices) {
    long mixed = (host * 31L + what) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 29) * 0xbf58476d1ce4e5b9L;
    return (int) ((mixed >>> 33) % choices);
  }
}
