/**
 * Regular expressions in RE2 syntax, compiled in bounded time and memory, for both languages. May
 * touch {@code io.varve.query.QueryException} only. Start at {@code Patterns}.
 */
@NullMarked
package io.varve.query.regex;

import org.jspecify.annotations.NullMarked;
