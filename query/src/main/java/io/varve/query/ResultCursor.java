package io.varve.query;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers to a request, read forward: statements, in them series, in them blocks of rows.
 *
 * <p>{@link #nextStatement} runs the next statement; errors of a single statement are its {@link
 * #error}, not exceptions, and may turn up after some of its rows. Series and blocks belong to the
 * cursor and hold until its next move. For one thread; closed by whoever opened it, at any point.
 */
public interface ResultCursor extends AutoCloseable {
  /** Moves to the next statement; false after the last. */
  boolean nextStatement();

  /** Position of the current statement in the request, from 0. */
  int statementId();

  /** Why the current statement failed, or null; final once {@link #nextSeries} answered false. */
  @Nullable String error();

  /** Warnings about the current statement. */
  List<String> warnings();

  /** The zone in which times of the current statement are printed as text. */
  default ZoneId timeZone() {
    return ZoneOffset.UTC;
  }

  /** Moves to the next series of the current statement; false after the last or after an error. */
  boolean nextSeries();

  ResultSeries series();

  /** Moves to the next non-empty block of the current series; false after the last. */
  boolean nextBlock();

  ResultBlock block();

  /**
   * Lets several threads read blocks that follow in the current series: as many as are at hand,
   * which may be none. {@link #nextBlock} goes on behind them. A few results wait at most.
   *
   * @param work makes something of a block, which holds until then; called by several threads at
   *     once
   * @param results takes what was made, in the order of the blocks; called by this thread
   */
  default <T> void shareBlocks(Function<ResultBlock, T> work, Consumer<T> results) {}

  /** Whether rows of the current series were left out; known once {@link #nextBlock} is false. */
  default boolean isPartial() {
    return false;
  }

  @Override
  void close();
}
