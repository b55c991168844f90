package io.varve.storage.index;

/**
 * Takes the changes of an index to the batch of writes that makes them durable.
 *
 * <p>Keys carry no database prefix. The arrays belong to the receiver.
 */
public interface IndexChanges {
  void put(byte[] key, byte[] value);

  void delete(byte[] key);
}
