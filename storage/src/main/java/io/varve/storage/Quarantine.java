package io.varve.storage;

import io.varve.storage.lifecycle.ChunkKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The chunks that could not be read back, each counted once; a bounded list. Thread-safe. */
final class Quarantine {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
  private static final int MAX_LISTED = 1000;

  private final Map<List<Object>, QuarantinedChunk> chunks = new LinkedHashMap<>();
  private long count;

  synchronized void add(byte[] key, String message) {
    QuarantinedChunk chunk =
        new QuarantinedChunk(
            ChunkKeys.policyId(key),
            ChunkKeys.seriesId(key),
            ChunkKeys.fieldId(key),
            ChunkKeys.firstTimestampNanos(key),
            message);
    List<Object> identity =
        List.of(chunk.policyId(), chunk.seriesId(), chunk.fieldId(), chunk.firstTimestampNanos());
    if (chunks.containsKey(identity)) {
      return;
    }
    count++;
    if (chunks.size() < MAX_LISTED) {
      chunks.put(identity, chunk);
      LOG.error("a stored chunk is damaged and will be skipped: {}", chunk);
    }
  }

  synchronized List<QuarantinedChunk> list() {
    return new ArrayList<>(chunks.values());
  }

  synchronized long count() {
    return count;
  }
}
