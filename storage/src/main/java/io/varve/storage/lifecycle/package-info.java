/**
 * Databases, retention policies and shards: their bounds, their records, the keys of their data.
 *
 * <p>Turns the data model into keys of {@code kv}; holds no data. Start at {@link
 * io.varve.storage.lifecycle.Catalog}.
 */
@NullMarked
package io.varve.storage.lifecycle;

import org.jspecify.annotations.NullMarked;
