package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.lifecycle.Catalog;
import io.varve.storage.lifecycle.DocumentRecord;
import org.jspecify.annotations.Nullable;

/** Writes documents, and holds all of a store to their bounds. Commit thread. */
final class DocumentWrites {
  private final Engine engine;
  private final CatalogWrites writes;
  private final Catalog catalog = new Catalog();

  DocumentWrites(Engine engine, CatalogWrites writes) {
    this.engine = engine;
    this.writes = writes;
  }

  @Nullable Void put(Documents documents, String kind, String name, byte[] value) {
    Database owner = documents.owner();
    if (owner != null) {
      CatalogWrites.ensureExists(owner);
    }
    byte[] before = documents.get(kind, name);
    ensureRoom(
        before == null ? 1 : 0,
        Documents.bytesOf(name, value) - (before == null ? 0 : Documents.bytesOf(name, before)));
    writes.write(
        batch ->
            catalog.putDocument(batch, new DocumentRecord(documents.ownerId(), kind, name, value)));
    documents.set(kind, name, value);
    return null;
  }

  boolean delete(Documents documents, String kind, String name) {
    if (documents.get(kind, name) == null) {
      return false;
    }
    Database owner = documents.owner();
    if (owner != null) {
      CatalogWrites.ensureExists(owner);
    }
    writes.write(batch -> catalog.deleteDocument(batch, documents.ownerId(), kind, name));
    documents.set(kind, name, null);
    return true;
  }

  private void ensureRoom(int more, int moreBytes) {
    long count = engine.documents().count() + (long) more;
    long bytes = engine.documents().bytes() + (long) moreBytes;
    for (Database database : engine.databases().values()) {
      count += database.documents().count();
      bytes += database.documents().bytes();
    }
    boolean tooMany = more > 0 && count > Documents.MAX_COUNT;
    if (tooMany || (moreBytes > 0 && bytes > Documents.MAX_TOTAL_BYTES)) {
      throw new StorageException(
          Kind.USER,
          "a store keeps at most "
              + (tooMany
                  ? Documents.MAX_COUNT + " documents"
                  : Documents.MAX_TOTAL_BYTES + " bytes of documents")
              + ", and they are used up");
    }
  }
}
