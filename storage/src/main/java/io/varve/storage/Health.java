package io.varve.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a store is doing.
 *
 * @param writable whether writes are taken
 * @param reason why they are not; null if they are
 * @param quarantined chunks that could not be read back and are skipped, oldest finding first; a
 *     bounded list
 * @param quarantinedCount all such chunks found since the store was opened
 * @param damagedLogRecords log records that could not be read back when the store was opened, with
 *     those behind damage that the replay did not reach
 * @param damagedTable the file, by name, whose damage stops writes for good, else null: it cannot
 *     be read as a whole, but RocksDB has to merge it with others; see {@link Varve#salvage}
 */
public record Health(
    boolean writable,
    @Nullable String reason,
    List<QuarantinedChunk> quarantined,
    long quarantinedCount,
    int damagedLogRecords,
    @Nullable String damagedTable) {}
