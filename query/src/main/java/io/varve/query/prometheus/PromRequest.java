package io.varve.query.prometheus;

import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a request says beside its expression or selectors.
 *
 * @param database the only database to look at; null for all that may be read
 * @param user who asks; null if nobody logged in
 * @param mayRead which databases the asker may read
 * @param lookbackMillis how old the sample of an instant vector may be
 * @param limit most series or names to answer with; 0 for no limit
 * @param cancelled asked once per block of series; true ends the query
 * @param deadlineNanos when to give up, by {@link System#nanoTime}
 */
public record PromRequest(
    @Nullable String database,
    @Nullable String user,
    Predicate<String> mayRead,
    long lookbackMillis,
    int limit,
    BooleanSupplier cancelled,
    long deadlineNanos) {}
