package io.varve.storage.model;

/** The type of a field's values. Codes are on disk: never renumber. */
public enum FieldType {
  /** IEEE 754 double; every bit pattern is kept. */
  FLOAT(0, "float"),
  /** Signed 64-bit integer. */
  INTEGER(1, "integer"),
  /** Unsigned 64-bit integer, carried in the bits of a {@code long}. */
  UNSIGNED(2, "unsigned"),
  /** Carried as 0 or 1 in a {@code long}. */
  BOOLEAN(3, "boolean"),
  /** UTF-8 bytes, up to {@link PointBatch#MAX_STRING_BYTES}. */
  STRING(4, "string");

  private static final FieldType[] BY_CODE = values();

  private final int code;
  private final String label;

  FieldType(int code, String label) {
    this.code = code;
    this.label = label;
  }

  /** The number this type has on disk, 0 to 4. */
  public int code() {
    return code;
  }

  /** The name users see, for example {@code integer}. */
  public String label() {
    return label;
  }

  /** The type with the given code; throws {@link IllegalArgumentException} if there is none. */
  public static FieldType ofCode(int code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("no field type has code " + code);
    }
    return BY_CODE[code];
  }
}
