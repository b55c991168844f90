package io.varve.storage;

import io.varve.storage.model.SeriesKey;
import io.varve.storage.model.TagReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads tags from whole keys. */
final class KeyTags implements TagReader {
  private final SeriesReader reader;
  private final String[] tagKeys;
  private final byte[][] values;

  KeyTags(SeriesReader reader, List<String> tagKeys) {
    this.reader = reader;
    this.tagKeys = tagKeys.toArray(new String[0]);
    values = new byte[this.tagKeys.length][];
  }

  @Override
  public void read(int seriesId) {
    SeriesKey key = reader.key(seriesId);
    for (int i = 0; i < tagKeys.length; i++) {
      values[i] = key.tag(tagKeys[i]).getBytes(StandardCharsets.UTF_8);
    }
  }

  @Override
  public byte[] value(int tag) {
    return values[tag];
  }
}
