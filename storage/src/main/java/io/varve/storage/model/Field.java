package io.varve.storage.model;

/**
 * One field of one measurement, as the engine numbers it.
 *
 * <p>A name that was written with different types in different shards is several fields: the id
 * stands for the pair of name and type.
 *
 * @param id unique within the measurement, 1 to 65,534
 */
public record Field(int id, String name, FieldType type) {}
