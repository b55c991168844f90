package io.varve.query.influxql;

import io.varve.query.influxql.ast.AccessStatement;
import io.varve.query.influxql.ast.DeletionStatement;
import io.varve.query.influxql.ast.Dimension;
import io.varve.query.influxql.ast.Explain;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.Fill;
import io.varve.query.influxql.ast.KeyFilter;
import io.varve.query.influxql.ast.KillQuery;
import io.varve.query.influxql.ast.Limits;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.query.influxql.ast.SchemaStatement.PolicySpec;
import io.varve.query.influxql.ast.Select;
import io.varve.query.influxql.ast.SelectField;
import io.varve.query.influxql.ast.ShowStatement;
import io.varve.query.influxql.ast.SortField;
import io.varve.query.influxql.ast.Source;
import io.varve.query.influxql.ast.Statement;
import io.varve.query.influxql.ast.Target;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Random statements of the shapes that the parser makes. */
final class RandomStatements {
  private final SplittableRandom random;
  private final RandomExpressions expressions;

  RandomStatements(SplittableRandom random) {
    this.random = random;
    this.expressions = new RandomExpressions(random);
  }

  Statement next() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> select(3, random.nextBoolean());
      case 2 -> new Explain(select(2, false), random.nextBoolean(), random.nextBoolean());
      case 3 -> show();
      case 4 -> schema();
      default -> other();
    };
  }

  private Select select(int depth, boolean into) {
    return new Select(
        list(() -> new SelectField(expressions.field(depth), orNull(expressions::name))),
        into ? target() : null,
        list(() -> source(depth)),
        condition(depth),
        dimensions(),
        fill(),
        order(),
        new Limits(count(), count(), count(), count()),
        orNull(() -> ZoneId.of(random.nextBoolean() ? "UTC" : "Asia/Kolkata")));
  }

  private Target target() {
    String database = orNull(this::name);
    String policy = orNull(this::name);
    boolean mayStandFor = database != null || policy != null;
    return new Target(database, policy, mayStandFor ? orNull(this::name) : name());
  }

  private Fill fill() {
    return switch (random.nextInt(6)) {
      case 0 -> Fill.NONE;
      case 1 -> Fill.PREVIOUS;
      case 2 -> Fill.LINEAR;
      case 3 -> new Fill(Fill.Kind.NUMBER, new Expression.IntegerLiteral(random.nextLong()));
      case 4 -> new Fill(Fill.Kind.NUMBER, new Expression.NumberLiteral(random.nextDouble()));
      default -> Fill.NULL;
    };
  }

  private @Nullable SortField order() {
    return orNull(() -> new SortField(random.nextBoolean() ? "time" : null, random.nextBoolean()));
  }

  private Source source(int depth) {
    if (depth > 0 && random.nextInt(4) == 0) {
      return new Source.Subquery(select(depth - 1, false));
    }
    return measurement(orNull(this::name), orNull(this::name));
  }

  private Source.Measurement measurement(@Nullable String database, @Nullable String policy) {
    boolean named = random.nextBoolean();
    return new Source.Measurement(
        database, policy, named ? name() : null, named ? null : expressions.regex());
  }

  private List<Source> measurements() {
    return random.nextBoolean() ? List.of() : list(() -> measurement(null, null));
  }

  private List<Dimension> dimensions() {
    return random.nextBoolean() ? List.of() : list(() -> new Dimension(expressions.field(1)));
  }

  private @Nullable Expression condition(int depth) {
    return orNull(() -> expressions.condition(depth));
  }

  private KeyFilter keys() {
    return switch (random.nextInt(3)) {
      case 0 -> new KeyFilter.Equal(name(), random.nextBoolean());
      case 1 -> new KeyFilter.Match(expressions.regex(), random.nextBoolean());
      default -> new KeyFilter.In(list(this::name));
    };
  }

  private Limits rowLimits() {
    return new Limits(count(), count(), 0, 0);
  }

  private Statement show() {
    String database = orNull(this::name);
    return switch (random.nextInt(9)) {
      case 0 ->
          new ShowStatement.Series(database, measurements(), condition(2), order(), rowLimits());
      case 1 ->
          new ShowStatement.TagKeys(
              database,
              measurements(),
              orNull(this::keys),
              condition(2),
              order(),
              new Limits(count(), count(), count(), count()));
      case 2 ->
          new ShowStatement.TagValues(
              database, measurements(), keys(), condition(2), order(), rowLimits());
      case 3 -> new ShowStatement.FieldKeys(database, measurements(), order(), rowLimits());
      case 4 -> cardinality(database);
      case 5 -> {
        boolean everywhere = random.nextBoolean();
        boolean allPolicies = random.nextBoolean();
        yield new ShowStatement.Measurements(
            new ShowStatement.Measurements.Scope(
                everywhere ? null : name(), everywhere, allPolicies ? null : name(), allPolicies),
            orNull(() -> measurement(null, null)),
            condition(2),
            order(),
            rowLimits());
      }
      case 6 -> new ShowStatement.RetentionPolicies(database);
      case 7 -> new ShowStatement.Stats(orNull(expressions::text));
      default -> new ShowStatement.GrantsFor(name());
    };
  }

  private Statement cardinality(@Nullable String database) {
    ShowStatement.Cardinality.Subject[] subjects = ShowStatement.Cardinality.Subject.values();
    ShowStatement.Cardinality.Subject subject = subjects[random.nextInt(subjects.length)];
    return new ShowStatement.Cardinality(
        subject,
        random.nextBoolean(),
        database,
        measurements(),
        subject == ShowStatement.Cardinality.Subject.TAG_VALUES ? keys() : null,
        condition(2),
        dimensions(),
        rowLimits());
  }

  private Statement schema() {
    return switch (random.nextInt(6)) {
      case 0 -> new SchemaStatement.CreateDatabase(name(), null, null);
      case 1 -> new SchemaStatement.CreateDatabase(name(), policy(), orNull(this::name));
      case 2 ->
          new SchemaStatement.CreateRetentionPolicy(name(), name(), policy(), random.nextBoolean());
      case 3 ->
          new SchemaStatement.AlterRetentionPolicy(name(), name(), policy(), random.nextBoolean());
      case 4 ->
          new SchemaStatement.CreateSubscription(
              name(), name(), name(), random.nextBoolean(), list(expressions::text));
      default -> {
        Select select = select(1, true);
        yield select.isRaw()
            ? new SchemaStatement.CreateContinuousQuery(
                name(), name(), 1 + random.nextLong(1000), 0, select)
            : new SchemaStatement.DropContinuousQuery(name(), name());
      }
    };
  }

  private PolicySpec policy() {
    return new PolicySpec(
        random.nextLong(Long.MAX_VALUE),
        1 + random.nextInt(9),
        orNull(() -> random.nextLong(Long.MAX_VALUE)),
        orNull(() -> random.nextLong(Long.MAX_VALUE)),
        orNull(() -> random.nextLong(Long.MAX_VALUE)));
  }

  private Statement other() {
    AccessStatement.Privilege[] privileges = AccessStatement.Privilege.values();
    AccessStatement.Privilege privilege = privileges[random.nextInt(privileges.length)];
    return switch (random.nextInt(7)) {
      case 0 ->
          new DeletionStatement.Delete(
              list(() -> measurement(null, orNull(this::name))), condition(2));
      case 1 -> new DeletionStatement.DropSeries(measurements(), expressions.condition(2));
      case 2 -> new DeletionStatement.DropShard(random.nextLong());
      case 3 -> new KillQuery(random.nextLong(), orNull(this::name));
      case 4 -> new AccessStatement.Grant(privilege, name(), name());
      case 5 -> new AccessStatement.Revoke(privilege, name(), name());
      default -> new DeletionStatement.DropMeasurement(name());
    };
  }

  private String name() {
    return expressions.name();
  }

  private long count() {
    return random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 0;
  }

  private <T> @Nullable T orNull(Supplier<T> value) {
    return random.nextBoolean() ? value.get() : null;
  }

  private <T> List<T> list(Supplier<? extends T> element) {
    List<T> list = new ArrayList<>();
    do {
      list.add(element.get());
    } while (random.nextInt(3) == 0 && list.size() < 4);
    return list;
  }
}
