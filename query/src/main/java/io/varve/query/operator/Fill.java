package io.varve.query.operator;

/**
 * What stands in windows without points.
 *
 * @param number the value of {@link Mode#NUMBER}
 */
public record Fill(Mode mode, double number) {
  /** Kinds of filling. */
  public enum Mode {
    /** No value. */
    NULL,
    /** No row. */
    NONE,
    /** The value of the window printed before. */
    PREVIOUS,
    /** On the line between the neighbours with points. */
    LINEAR,
    /** A number. */
    NUMBER
  }

  public static final Fill NULL = new Fill(Mode.NULL, 0);
}
