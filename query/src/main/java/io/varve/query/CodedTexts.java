package io.varve.query;

import org.jspecify.annotations.Nullable;

/**
 * A column of texts that are the same for all rows of a series, as tags are: what is made of a text
 * has to be made once for each code and not for each row. Belongs to the block.
 */
public interface CodedTexts {
  /** The code of each row, from 0. Columns of a block may have the same array. */
  int[] codes();

  /** The text of a code in UTF-8; null for none. */
  byte @Nullable [] text(int code);

  /** What codes belong to: as long as this is the same object, codes mean the same texts. */
  Object space();
}
