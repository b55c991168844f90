package io.varve.query.influxql;

import io.varve.query.influxql.ast.AccessStatement;
import io.varve.query.influxql.ast.DeletionStatement;
import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Explain;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Fill;
import io.varve.query.influxql.ast.KillQuery;
import io.varve.query.influxql.ast.Limits;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.influxql.ast.SortField;
import io.varve.query.influxql.ast.Source;
import io.varve.query.influxql.ast.Statement;
import io.varve.query.influxql.ast.Target;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The {@link Printer}'s part for SELECT, the shared clauses and the small statements. */
final class StatementPrinter {
  private final StringBuilder out;
  private final Printer printer;

  StatementPrinter(StringBuilder out) {
    this.out = out;
    this.printer = new Printer(out);
  }

  void statement(Statement statement) {
    if (statement instanceof Select select) {
      select(select);
    } else if (statement instanceof Explain explain) {
      out.append("EXPLAIN ");
      out.append(explain.analyze() ? "ANALYZE " : "");
      out.append(explain.verbose() ? "VERBOSE " : "");
      select(explain.select());
    } else if (statement instanceof ShowStatement show) {
      new ShowPrinter(out, this).show(show);
    } else if (statement instanceof SchemaStatement schema) {
      new SchemaPrinter(out, this).schema(schema);
    } else if (statement instanceof DeletionStatement deletion) {
      deletion(deletion);
    } else if (statement instanceof AccessStatement access) {
      AccessPrinter.print(access, out);
    } else if (statement instanceof KillQuery kill) {
      out.append("KILL QUERY ").append(Long.toUnsignedString(kill.id()));
      named(" ON ", kill.host());
    }
  }

  void select(Select select) {
    out.append("SELECT ");
    list(select.fields(), this::field);
    target(select.target());
    from(select.sources());
    where(select.condition());
    groupBy(select.dimensions());
    fill(select.fill());
    orderBy(select.order());
    limits(select.limits());
    if (select.timeZone() != null) {
      out.append(" TZ(").append(Quoting.string(select.timeZone().getId())).append(')');
    }
  }

  private void field(SelectField field) {
    printer.expression(field.expression());
    named(" AS ", field.alias());
  }

  private void target(@Nullable Target target) {
    if (target == null) {
      return;
    }
    out.append(" INTO ");
    path(target.database(), target.policy());
    out.append(
        target.measurement() == null ? ":MEASUREMENT" : Quoting.identifier(target.measurement()));
  }

  private void fill(Fill fill) {
    switch (fill.kind()) {
      case NULL -> {}
      case NONE -> out.append(" fill(none)");
      case PREVIOUS -> out.append(" fill(previous)");
      case LINEAR -> out.append(" fill(linear)");
      case NUMBER -> {
        out.append(" fill(");
        printer.expression(fill.number());
        out.append(')');
      }
    }
  }

  private void source(Source source) {
    if (source instanceof Source.Subquery subquery) {
      out.append('(');
      select(subquery.select());
      out.append(')');
    } else if (source instanceof Source.Measurement measurement) {
      measurement(measurement);
    }
  }

  void measurement(Source.Measurement measurement) {
    path(measurement.database(), measurement.policy());
    if (measurement.name() != null) {
      out.append(Quoting.identifier(measurement.name()));
    } else if (measurement.regex() != null) {
      printer.regex(measurement.regex());
    }
  }

  private void path(@Nullable String database, @Nullable String policy) {
    if (database != null) {
      out.append(Quoting.identifier(database)).append('.');
    }
    if (policy != null) {
      out.append(Quoting.identifier(policy));
    }
    if (database != null || policy != null) {
      out.append('.');
    }
  }

  void from(List<Source> sources) {
    if (!sources.isEmpty()) {
      out.append(" FROM ");
      list(sources, this::source);
    }
  }

  void where(@Nullable Expression condition) {
    if (condition != null) {
      out.append(" WHERE ");
      printer.expression(condition);
    }
  }

  void groupBy(List<Dimension> dimensions) {
    if (!dimensions.isEmpty()) {
      out.append(" GROUP BY ");
      list(dimensions, dimension -> printer.expression(dimension.expression()));
    }
  }

  void orderBy(@Nullable SortField order) {
    if (order != null) {
      out.append(" ORDER BY ");
      out.append(order.name() == null ? "" : Quoting.identifier(order.name()) + " ");
      out.append(order.ascending() ? "ASC" : "DESC");
    }
  }

  void limits(Limits limits) {
    limit(" LIMIT ", limits.limit());
    limit(" OFFSET ", limits.offset());
    limit(" SLIMIT ", limits.seriesLimit());
    limit(" SOFFSET ", limits.seriesOffset());
  }

  private void limit(String clause, long count) {
    if (count > 0) {
      out.append(clause).append(count);
    }
  }

  /** The clause and the name, unless that is null. */
  void named(String clause, @Nullable String name) {
    if (name != null) {
      out.append(clause).append(Quoting.identifier(name));
    }
  }

  void regex(Expression.Regex regex) {
    printer.regex(regex);
  }

  <T> void list(List<T> elements, Consumer<? super T> print) {
    for (int i = 0; i < elements.size(); i++) {
      out.append(i == 0 ? "" : ", ");
      print.accept(elements.get(i));
    }
  }

  private void deletion(DeletionStatement deletion) {
    if (deletion instanceof DeletionStatement.Delete delete) {
      out.append("DELETE");
      from(delete.sources());
      where(delete.condition());
    } else if (deletion instanceof DeletionStatement.DropSeries drop) {
      out.append("DROP SERIES");
      from(drop.sources());
      where(drop.condition());
    } else if (deletion instanceof DeletionStatement.DropMeasurement drop) {
      named("DROP MEASUREMENT ", drop.name());
    } else if (deletion instanceof DeletionStatement.DropShard drop) {
      out.append("DROP SHARD ").append(Long.toUnsignedString(drop.id()));
    }
  }
}
