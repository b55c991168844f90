package io.varve.server.http;

import io.varve.server.http.MetricMetadata.Description;
import io.varve.storage.Database;
import io.varve.storage.Documents;
import io.varve.storage.StorageException;
import io.varve.storage.Varve;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known of metrics with the database of remote write: one document per page, written
 * when something in it has changed. A page takes what fits into a document, 64 KiB; the rest of it
 * is forgotten by a restart. For one thread at a time.
 *
 * <p>The layout is in docs/format/meta.md.
 */
final class StoredMetadata {
  static final String KIND = "metric-metadata";

  private static final Logger LOG = LoggerFactory.getLogger(StoredMetadata.class);
  private static final int VERSION = 1;

  private final Varve store;
  private final String database;
  private final MetricMetadata metadata;

  StoredMetadata(Varve store, String database, MetricMetadata metadata) {
    this.store = store;
    this.database = database;
    this.metadata = metadata;
  }

  /** Reads what was kept, page by page; one that is damaged is left out. */
  void load() {
    Database from = store.database(database);
    if (from == null) {
      return;
    }
    from.documents()
        .list(KIND)
        .forEach(
            (page, bytes) -> {
              try {
                decode(bytes);
              } catch (IOException e) {
                LOG.warn("page {} of what is known of metrics is damaged", page, e);
              }
            });
  }

  /** Writes the pages that have changed. What cannot be written is tried again next time. */
  void save() {
    Database to = store.database(database);
    if (to == null) {
      return;
    }
    metadata
        .takeChanged()
        .forEach(
            (page, entries) -> {
              try {
                to.documents().put(KIND, String.valueOf(page), encode(entries));
              } catch (StorageException e) {
                metadata.putBack(page);
                LOG.debug("page {} of what is known of metrics is not kept", page, e);
              }
            });
  }

  private static byte[] encode(Map<String, Description> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      for (Map.Entry<String, Description> entry : entries.entrySet()) {
        byte[] encoded = encode(entry.getKey(), entry.getValue());
        if (out.size() + encoded.length <= Documents.MAX_VALUE_BYTES) {
          out.write(encoded);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] encode(String metric, Description description) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(metric);
      out.writeUTF(description.type());
      out.writeUTF(description.help());
      out.writeUTF(description.unit());
    }
    return bytes.toByteArray();
  }

  private void decode(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IOException("version " + version);
      }
      while (in.available() > 0) {
        String metric = in.readUTF();
        metadata.restore(metric, new Description(in.readUTF(), in.readUTF(), in.readUTF()));
      }
    }
  }
}
