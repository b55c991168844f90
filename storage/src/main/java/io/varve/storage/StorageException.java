package io.varve.storage;

/** A request that the engine cannot serve, with the party that can do something about it. */
public class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Who has to act. */
  public enum Kind {
    /** The request names something that does not exist or is not allowed. */
    USER,
    /** A limit or a full disk stands in the way; the same request may succeed later. */
    RESOURCES,
    /** Stored bytes cannot be read back. */
    CORRUPTION,
    /** The store is closed or has failed. */
    UNAVAILABLE
  }

  private final Kind kind;

  public StorageException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StorageException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
