package io.varve.query.influxql.ast;

import org.jspecify.annotations.Nullable;

/**
 * KILL QUERY.
 *
 * @param id as SHOW QUERIES prints it, 64 bits read as unsigned
 * @param host the name after ON, null without one
 */
public record KillQuery(long id, @Nullable String host) implements Statement {
  @Override
  public boolean changesState() {
    return true;
  }
}
