/**
 * The physical layer: windows, expressions, filters and row sources over batches of columns.
 *
 * <p>Reads data through {@code SeriesReader} only and knows no syntax. Start at {@link
 * io.varve.query.operator.RowSource}.
 */
@NullMarked
package io.varve.query.operator;

import org.jspecify.annotations.NullMarked;
