package io.varve.storage.kv;

import java.nio.charset.StandardCharsets;

/** The column families of a store. Names are on disk: never rename. */
public enum KvFamily {
  /** Format version, databases, policies, shards, checkpoint: a few hundred small records. */
  META("default"),
  /** The log: one record per commit, deleted by the checkpoint that makes it redundant. */
  RAW("raw"),
  /** Compressed chunks. */
  CHUNK("chunk"),
  /** Series keys, postings and the like. */
  INDEX("index");

  private final String label;

  KvFamily(String label) {
    this.label = label;
  }

  byte[] nameBytes() {
    return label.getBytes(StandardCharsets.UTF_8);
  }
}
