package io.varve.storage.index;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The dictionaries of one measurement by number. One writer; readers take no lock. */
final class TagDictionaries {
  private volatile TagDictionary[] byNumber = new TagDictionary[2];

  /** By the bytes of the tag key. Writer. */
  private final Map<ByteBuffer, TagDictionary> byName = new HashMap<>();

  /** The dictionary of a tag key, made if there is none. Writer; keeps the array. */
  TagDictionary resolve(byte[] name) {
    TagDictionary known = byName.get(ByteBuffer.wrap(name));
    if (known != null) {
      return known;
    }
    TagDictionary[] grown = byNumber;
    int number = byName.size();
    if (number == grown.length) {
      grown = Arrays.copyOf(grown, number * 2);
    }
    TagDictionary dictionary = new TagDictionary(number, name);
    grown[number] = dictionary;
    byNumber = grown;
    byName.put(ByteBuffer.wrap(name), dictionary);
    return dictionary;
  }

  /** The dictionary with a number that a stored key has. */
  TagDictionary get(int number) {
    return byNumber[number];
  }
}
