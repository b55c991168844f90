package io.varve.query.influxql;

import io.varve.query.influxql.ast.DeletionStatement;
import io.varve.query.influxql.ast.Explain;
import io.varve.query.influxql.ast.Expression;
import io.varve.query.influxql.ast.KillQuery;
import io.varve.query.influxql.ast.SchemaStatement;
import io.varve.query.influxql.ast.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * InfluxQL 1.12, by recursive descent. Time and memory are linear in the text; nesting is limited
 * so that trees can be walked by recursion on a stack of 512 KiB. Messages of errors are those of
 * InfluxDB, which clients compare.
 *
 * <p>Statements are read in families, a class each; they share one {@link TokenStream}.
 */
public final class Parser {
  /**
   * Levels that an expression may have: parentheses, calls and chains of operators, of which only
   * AND and OR may be longer.
   */
  public static final int MAX_DEPTH = 256;

  /** Subqueries inside each other that a SELECT may have. */
  public static final int MAX_SUBQUERY_DEPTH = 50;

  private final TokenStream in;
  private final ExpressionParser expressions;
  private final SelectParser selects;
  private final ShowParser shows;
  private final SchemaParser schema;
  private final ContinuousQueryParser continuousQueries;
  private final AccessParser access;

  private Parser(String text, Map<String, Object> parameters) {
    in = new TokenStream(text, parameters);
    expressions = new ExpressionParser(in);
    ClauseParser clauses = new ClauseParser(in, expressions);
    selects = new SelectParser(in, expressions, clauses);
    shows = new ShowParser(in, clauses);
    schema = new SchemaParser(in, clauses);
    continuousQueries = new ContinuousQueryParser(in, selects);
    access = new AccessParser(in);
  }

  /**
   * Statements separated by semicolons; none at all is fine.
   *
   * @param parameters values for {@code $name}, see {@link BoundParameters}
   * @throws ParseException if the text is not InfluxQL; the message is what InfluxDB says after
   *     "error parsing query: "
   */
  public static List<Statement> parse(String text, Map<String, Object> parameters) {
    Parser parser = new Parser(text, parameters);
    List<Statement> statements = new ArrayList<>();
    boolean separated = true;
    while (true) {
      Token token = parser.in.next();
      if (token.is(TokenKind.EOF)) {
        return statements;
      }
      if (token.is(TokenKind.SEMICOLON)) {
        separated = true;
      } else if (separated) {
        parser.in.back(token);
        statements.add(parser.statement());
        separated = false;
      } else {
        throw parser.in.unexpected(token, ";");
      }
    }
  }

  /** Exactly one statement, without parameters. */
  public static Statement parseStatement(String text) {
    List<Statement> statements = parse(text, Map.of());
    if (statements.size() != 1) {
      throw new ParseException("expected one statement, found " + statements.size());
    }
    return statements.get(0);
  }

  /** One expression, without parameters, and nothing behind it. */
  public static Expression parseExpression(String text) {
    Parser parser = new Parser(text, Map.of());
    Expression expression = parser.expressions.parseWithRegex();
    parser.in.expect(TokenKind.EOF);
    return expression;
  }

  private Statement statement() {
    Token token = in.next();
    return switch (token.kind()) {
      case SELECT -> selects.parse(SelectParser.Into.ALLOWED);
      case DELETE -> schema.delete();
      case SHOW -> shows.parse();
      case CREATE -> create();
      case DROP -> drop();
      case EXPLAIN -> explain();
      case GRANT -> access.grant();
      case REVOKE -> access.revoke();
      case ALTER -> {
        in.expect(TokenKind.RETENTION, TokenKind.POLICY);
        yield schema.alterRetentionPolicy();
      }
      case SET -> {
        in.expect(TokenKind.PASSWORD, TokenKind.FOR);
        yield access.setPassword();
      }
      case KILL -> {
        in.expect(TokenKind.QUERY);
        long id = in.expectUnsigned();
        yield new KillQuery(id, in.accept(TokenKind.ON) ? in.expectIdent() : null);
      }
      default ->
          throw in.unexpected(
              token, "SELECT", "DELETE", "SHOW", "CREATE", "DROP", "EXPLAIN", "GRANT", "REVOKE",
              "ALTER", "SET", "KILL");
    };
  }

  private Statement create() {
    Token token = in.next();
    return switch (token.kind()) {
      case CONTINUOUS -> {
        in.expect(TokenKind.QUERY);
        yield continuousQueries.create();
      }
      case DATABASE -> schema.createDatabase();
      case USER -> access.createUser();
      case RETENTION -> {
        in.expect(TokenKind.POLICY);
        yield schema.createRetentionPolicy();
      }
      case SUBSCRIPTION -> schema.createSubscription();
      default ->
          throw in.unexpected(token, "CONTINUOUS", "DATABASE", "USER", "RETENTION", "SUBSCRIPTION");
    };
  }

  private Statement drop() {
    Token token = in.next();
    return switch (token.kind()) {
      case CONTINUOUS -> {
        in.expect(TokenKind.QUERY);
        yield continuousQueries.drop();
      }
      case DATABASE -> new SchemaStatement.DropDatabase(in.expectIdent());
      case MEASUREMENT -> new DeletionStatement.DropMeasurement(in.expectIdent());
      case RETENTION -> {
        in.expect(TokenKind.POLICY);
        yield schema.dropRetentionPolicy();
      }
      case SERIES -> schema.dropSeries();
      case SHARD -> new DeletionStatement.DropShard(in.expectUnsigned());
      case SUBSCRIPTION -> schema.dropSubscription();
      case USER -> access.dropUser();
      default ->
          throw in.unexpected(
              token,
              "CONTINUOUS",
              "DATABASE",
              "MEASUREMENT",
              "RETENTION",
              "SERIES",
              "SHARD",
              "SUBSCRIPTION",
              "USER");
    };
  }

  private Statement explain() {
    boolean analyze = in.accept(TokenKind.ANALYZE);
    boolean verbose = in.accept(TokenKind.VERBOSE);
    in.expect(TokenKind.SELECT);
    return new Explain(selects.parse(SelectParser.Into.ALLOWED), analyze, verbose);
  }
}
