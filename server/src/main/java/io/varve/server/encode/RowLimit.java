package io.varve.server.encode;

import io.varve.query.ResultBlock;
import io.varve.query.ResultColumn;
import io.varve.query.ResultCursor;
import io.varve.query.ResultSeries;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends an answer after so many rows over all series and statements. A series that is cut says so
 * ({@link #isPartial}); what comes behind it is left out without a word, as in InfluxDB. Statements
 * run all the same, for what they change.
 */
public final class RowLimit implements ResultCursor {
  private final ResultCursor answer;
  private long left;
  private int rows;
  private boolean partial;

  /**
   * Limits an answer, which it closes.
   *
   * @param rows at least 1
   */
  public RowLimit(ResultCursor answer, long rows) {
    this.answer = answer;
    left = rows;
  }

  @Override
  public boolean nextStatement() {
    boolean any = answer.nextStatement();
    while (any && left == 0) {
      any = answer.nextStatement();
    }
    return any;
  }

  @Override
  public int statementId() {
    return answer.statementId();
  }

  @Override
  public @Nullable String error() {
    return answer.error();
  }

  @Override
  public List<String> warnings() {
    return answer.warnings();
  }

  @Override
  public ZoneId timeZone() {
    return answer.timeZone();
  }

  @Override
  public boolean nextSeries() {
    partial = false;
    return left > 0 && answer.nextSeries();
  }

  @Override
  public ResultSeries series() {
    return answer.series();
  }

  @Override
  public boolean nextBlock() {
    if (partial || !answer.nextBlock()) {
      return false;
    }
    int count = answer.block().rowCount();
    if (left == 0) {
      partial = true;
      return false;
    }
    rows = (int) Math.min(count, left);
    partial = rows < count;
    left -= rows;
    return true;
  }

  @Override
  public boolean isPartial() {
    return partial;
  }

  @Override
  public ResultBlock block() {
    ResultBlock block = answer.block();
    return rows == block.rowCount() ? block : new FirstRows(block, rows);
  }

  private record FirstRows(ResultBlock block, int rowCount) implements ResultBlock {
    @Override
    public ResultColumn column(int index) {
      return block.column(index);
    }
  }

  @Override
  public void close() {
    answer.close();
  }
}
