package io.varve.query.operator;

import java.util.ArrayList;
import java.util.List;

/**
 * Several plans over the same groups side by side: rows at one time become one row.
 *
 * @param parts of which the columns follow one another
 * @param missing what stands where a part has no row, or none with a value
 * @param outputs the columns behind the time, computed from those of the parts
 */
public record JoinPlan(
    List<Part> parts,
    List<Group> groups,
    Fill missing,
    List<ColumnExpression> outputs,
    boolean descending)
    implements RowPlan {

  /**
   * One of the plans.
   *
   * @param atStart whether its rows have the time {@code startNanos} instead of their own
   */
  public record Part(RowPlan plan, boolean atStart, long startNanos) {}

  /** The columns of all parts. */
  List<ColumnExpression> columns() {
    List<ColumnExpression> columns = new ArrayList<>();
    for (Part part : parts) {
      for (ColumnExpression column : part.plan().outputs()) {
        columns.add(new ColumnExpression.Input(columns.size(), column.type()));
      }
    }
    return columns;
  }

  @Override
  public RowSource open(QueryBudget budget) {
    return new JoinedRows(this, budget);
  }

  @Override
  public RowPlan with(List<Group> some) {
    List<Part> others =
        parts.stream()
            .map(part -> new Part(part.plan().with(some), part.atStart(), part.startNanos()))
            .toList();
    return new JoinPlan(others, some, missing, outputs, descending);
  }
}
