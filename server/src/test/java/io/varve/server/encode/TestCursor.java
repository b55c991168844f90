package io.varve.server.encode;

import io.varve.query.ResultBlock;
import io.varve.query.ResultColumn;
import io.varve.query.ResultColumn.Kind;
import io.varve.query.ResultCursor;
import io.varve.query.ResultSeries;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An answer made of rows in memory, for tests of encoders. */
public final class TestCursor implements ResultCursor {
  /** One statement's part of the answer. */
  public static final class Statement {
    final List<Series> series = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    @Nullable String error;

    public Statement warning(String text) {
      warnings.add(text);
      return this;
    }

    public Statement error(String text) {
      error = text;
      return this;
    }

    public Series series(String name, Map<String, String> tags, String... columns) {
      Series added = new Series(new ResultSeries(name, new TreeMap<>(tags), List.of(columns)));
      series.add(added);
      return added;
    }
  }

  /** A series and its blocks. */
  public static final class Series {
    final ResultSeries head;
    final List<ResultBlock> blocks = new ArrayList<>();

    Series(ResultSeries head) {
      this.head = head;
    }

    public Series block(Column... columns) {
      blocks.add(new Block(columns));
      return this;
    }
  }

  private record Block(Column[] columns) implements ResultBlock {
    @Override
    public int rowCount() {
      return columns[0].values.length;
    }

    @Override
    public ResultColumn column(int index) {
      return columns[index];
    }
  }

  /** A column given as objects. */
  public static final class Column implements ResultColumn {
    private final Kind kind;
    private final @Nullable Object[] values;

    private Column(Kind kind, @Nullable Object... values) {
      this.kind = kind;
      this.values = values;
    }

    @Override
    public Kind kind() {
      return kind;
    }

    @Override
    public boolean isNull(int row) {
      return values[row] == null;
    }

    @Override
    public long[] longs() {
      long[] longs = new long[values.length];
      for (int i = 0; i < longs.length; i++) {
        longs[i] = values[i] instanceof Number number ? number.longValue() : 0;
      }
      return longs;
    }

    @Override
    public double[] doubles() {
      double[] doubles = new double[values.length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = values[i] instanceof Number number ? number.doubleValue() : 0;
      }
      return doubles;
    }

    @Override
    public byte[][] strings() {
      byte[][] strings = new byte[values.length][];
      for (int i = 0; i < strings.length; i++) {
        strings[i] = String.valueOf(values[i]).getBytes(StandardCharsets.UTF_8);
      }
      return strings;
    }
  }

  public static Column column(Kind kind, @Nullable Object... values) {
    return new Column(kind, values);
  }

  private final List<Statement> statements = new ArrayList<>();
  private int statement = -1;
  private int series = -1;
  private int block = -1;

  public Statement statement() {
    statements.add(new Statement());
    return statements.get(statements.size() - 1);
  }

  @Override
  public boolean nextStatement() {
    series = -1;
    return ++statement < statements.size();
  }

  @Override
  public int statementId() {
    return statement;
  }

  @Override
  public @Nullable String error() {
    return statements.get(statement).error;
  }

  @Override
  public List<String> warnings() {
    return statements.get(statement).warnings;
  }

  @Override
  public boolean nextSeries() {
    block = -1;
    return ++series < statements.get(statement).series.size();
  }

  @Override
  public ResultSeries series() {
    return statements.get(statement).series.get(series).head;
  }

  @Override
  public boolean nextBlock() {
    return ++block < statements.get(statement).series.get(series).blocks.size();
  }

  @Override
  public ResultBlock block() {
    return statements.get(statement).series.get(series).blocks.get(block);
  }

  @Override
  public void close() {}
}
