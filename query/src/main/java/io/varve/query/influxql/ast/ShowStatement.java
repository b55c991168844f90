package io.varve.query.influxql.ast;

import io.varve.query.influxql.ast.Source.Measurement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The SHOW family. Wherever there is a {@code database}, null means that of the request; {@code
 * sources} is empty without FROM; {@code condition} is null without WHERE.
 */
public sealed interface ShowStatement extends Statement {
  @Override
  default boolean changesState() {
    return false;
  }

  record Databases() implements ShowStatement {}

  record Users() implements ShowStatement {}

  record Queries() implements ShowStatement {}

  record Shards() implements ShowStatement {}

  record ShardGroups() implements ShowStatement {}

  record Subscriptions() implements ShowStatement {}

  record ContinuousQueries() implements ShowStatement {}

  record RetentionPolicies(@Nullable String database) implements ShowStatement {}

  record GrantsFor(String user) implements ShowStatement {}

  /** A null module means all of them. */
  record Stats(@Nullable String module) implements ShowStatement {}

  /** A null module means all of them. */
  record Diagnostics(@Nullable String module) implements ShowStatement {}

  /**
   * SHOW MEASUREMENTS.
   *
   * @param scope what ON says
   * @param filter what WITH MEASUREMENT says; null without it
   */
  record Measurements(
      Scope scope,
      @Nullable Measurement filter,
      @Nullable Expression condition,
      @Nullable SortField order,
      Limits limits)
      implements ShowStatement {

    /**
     * {@code ON database[.policy]}, either of which may be {@code *}; a name is null if it was not
     * given or is {@code *}.
     */
    public record Scope(
        @Nullable String database,
        boolean allDatabases,
        @Nullable String policy,
        boolean allPolicies) {
      public static final Scope DEFAULT = new Scope(null, false, null, false);
    }
  }

  record Series(
      @Nullable String database,
      List<Source> sources,
      @Nullable Expression condition,
      @Nullable SortField order,
      Limits limits)
      implements ShowStatement {
    public Series {
      sources = List.copyOf(sources);
    }
  }

  /** A null filter means all keys. */
  record TagKeys(
      @Nullable String database,
      List<Source> sources,
      @Nullable KeyFilter keys,
      @Nullable Expression condition,
      @Nullable SortField order,
      Limits limits)
      implements ShowStatement {
    public TagKeys {
      sources = List.copyOf(sources);
    }
  }

  record TagValues(
      @Nullable String database,
      List<Source> sources,
      KeyFilter keys,
      @Nullable Expression condition,
      @Nullable SortField order,
      Limits limits)
      implements ShowStatement {
    public TagValues {
      sources = List.copyOf(sources);
    }
  }

  record FieldKeys(
      @Nullable String database, List<Source> sources, @Nullable SortField order, Limits limits)
      implements ShowStatement {
    public FieldKeys {
      sources = List.copyOf(sources);
    }
  }

  /**
   * SHOW subject [EXACT] CARDINALITY.
   *
   * @param exact whether an estimate will not do
   * @param keys only, and always, for {@link Subject#TAG_VALUES}
   * @param dimensions the GROUP BY list; empty without one
   */
  record Cardinality(
      Subject subject,
      boolean exact,
      @Nullable String database,
      List<Source> sources,
      @Nullable KeyFilter keys,
      @Nullable Expression condition,
      List<Dimension> dimensions,
      Limits limits)
      implements ShowStatement {
    public Cardinality {
      sources = List.copyOf(sources);
      dimensions = List.copyOf(dimensions);
    }

    /** What is counted. */
    public enum Subject {
      SERIES("SERIES"),
      MEASUREMENT("MEASUREMENT"),
      TAG_KEY("TAG KEY"),
      TAG_VALUES("TAG VALUES"),
      FIELD_KEY("FIELD KEY");

      private final String text;

      Subject(String text) {
        this.text = text;
      }

      /** As written in a statement. */
      public String text() {
        return text;
      }
    }
  }
}
