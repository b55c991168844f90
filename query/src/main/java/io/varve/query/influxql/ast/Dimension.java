package io.varve.query.influxql.ast;

/**
 * One entry of a GROUP BY list as written: a tag ({@link Expression.VarRef}), {@code time(...)}
 * ({@link Expression.Call}), a {@link Expression.Regex} or a {@link Expression.Wildcard}; anything
 * else is refused when the statement is compiled, not when it is parsed.
 */
public record Dimension(Expression expression) {}
