package io.varve.query.operator;

import io.varve.storage.model.TagValues;
import org.jspecify.annotations.Nullable;

/**
 * A tag of rows of many series by the numbers that the index has for its values: codes are one
 * more, 0 is for rows without the tag.
 */
final class TagCodes extends CodedColumn {
  private final TagValues values;

  TagCodes(TagValues values, int[] codes) {
    this.values = values;
    set(codes, codes.length);
  }

  @Override
  public byte @Nullable [] text(int code) {
    return code == 0 ? null : values.value(code - 1);
  }

  @Override
  public Object space() {
    return values;
  }
}
