package io.varve.storage.model;

/**
 * How many values and series a tag of a measurement has.
 *
 * @param valueCount distinct values
 * @param seriesCount series that have the tag
 */
public record TagCardinality(
    String measurement, String tagKey, long valueCount, long seriesCount) {}
