package io.varve.query.influxql.ast;

import org.jspecify.annotations.Nullable;

/** One entry of a SELECT list; {@code alias} is the name after AS, null without one. */
public record SelectField(Expression expression, @Nullable String alias) {}
