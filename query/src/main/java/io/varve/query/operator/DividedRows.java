package io.varve.query.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Rows of many groups, read by several threads: each takes a run of groups, and their rows come out
 * in the order of the groups. Groups do not touch each other, so the result is that of one thread.
 *
 * <p>What a helper has read waits in copies. Parts with many rows are not read to their end: the
 * reader goes on from where the helper stopped, so what waits stays small. If the parts in progress
 * need more memory together than the statement may have, the rest is read without helpers.
 */
final class DividedRows implements RowSource {
  /** Opens the rows of some groups; called on any thread. */
  interface Opener {
    RowSource open(List<Group> groups, QueryBudget budget);
  }

  /** Bytes of rows after which a helper stops. */
  private static final long MAX_WAITING_BYTES = 512 * 1024;

  private record GroupRows(Group group, List<Block> blocks) {}

  /**
   * What was read of a part.
   *
   * @param rest rows behind those of the last group read, which go on; null if there are none
   */
  private record Part(List<GroupRows> groups, @Nullable RowSource rest, QueryBudget budget) {
    void close() {
      if (rest != null) {
        rest.close();
      }
      budget.close();
    }
  }

  private final List<List<Group>> parts;
  private final QueryBudget budget;
  private final Opener opener;
  private final BlockRun<Part> run;
  private int partNumber = -1;
  private @Nullable Part part;

  /** Everything from some part on, if memory is short. */
  private @Nullable RowSource serial;

  private int groupNumber;
  private int blockNumber;
  private boolean inRest;

  DividedRows(List<Group> groups, ScanCost cost, QueryBudget budget, Opener opener) {
    this.budget = budget;
    this.opener = opener;
    parts = cost.divide(groups);
    run = new BlockRun<>(budget.resources(), parts.size(), budget.isPart(), this::read);
  }

  private Part read(int number, BooleanSupplier stopped) {
    QueryBudget own = budget.part(stopped);
    QueryBudget.Account waiting = own.account();
    List<GroupRows> read = new ArrayList<>();
    RowSource source = null;
    boolean done = false;
    try {
      source = opener.open(parts.get(number), own);
      long bytes = 0;
      while (source.nextGroup()) {
        List<Block> blocks = new ArrayList<>();
        read.add(new GroupRows(source.group(), blocks));
        while (source.nextBlock()) {
          Block copy = source.block().copy();
          bytes += copy.bytes();
          waiting.resize(bytes);
          blocks.add(copy);
          if (bytes > MAX_WAITING_BYTES) {
            done = true;
            return new Part(read, source, own);
          }
        }
      }
      done = true;
      source.close();
      return new Part(read, null, own);
    } finally {
      if (!done) {
        if (source != null) {
          source.close();
        }
        own.close();
      }
    }
  }

  @Override
  public boolean nextGroup() {
    if (serial != null) {
      return serial.nextGroup();
    }
    while (true) {
      if (part != null) {
        if (inRest || ++groupNumber >= part.groups().size()) {
          inRest = true;
          if (part.rest() != null && part.rest().nextGroup()) {
            return true;
          }
          part.close();
          part = null;
        } else {
          blockNumber = -1;
          return true;
        }
      }
      if (++partNumber >= parts.size()) {
        return false;
      }
      groupNumber = -1;
      inRest = false;
      try {
        part = run.take();
      } catch (MemoryLimitException e) {
        return goOnAlone();
      }
    }
  }

  private boolean goOnAlone() {
    run.close(Part::close);
    List<Group> rest = new ArrayList<>();
    parts.subList(partNumber, parts.size()).forEach(rest::addAll);
    partNumber = parts.size();
    serial = opener.open(rest, budget.part(() -> false));
    return serial.nextGroup();
  }

  @Override
  public Group group() {
    if (serial != null) {
      return serial.group();
    }
    Part current = current();
    RowSource rest = current.rest();
    return inRest && rest != null ? rest.group() : current.groups().get(groupNumber).group();
  }

  @Override
  public boolean nextBlock() {
    budget.checkCancelled();
    if (serial != null) {
      return serial.nextBlock();
    }
    Part current = current();
    if (!inRest) {
      List<GroupRows> groups = current.groups();
      if (++blockNumber < groups.get(groupNumber).blocks().size()) {
        return true;
      }
      if (groupNumber + 1 < groups.size() || current.rest() == null) {
        return false;
      }
      inRest = true;
    }
    RowSource rest = current.rest();
    return rest != null && rest.nextBlock();
  }

  @Override
  public Block block() {
    if (serial != null) {
      return serial.block();
    }
    Part current = current();
    RowSource rest = current.rest();
    return inRest && rest != null
        ? rest.block()
        : current.groups().get(groupNumber).blocks().get(blockNumber);
  }

  private Part current() {
    if (part == null) {
      throw new IllegalStateException("no current group");
    }
    return part;
  }

  @Override
  public void close() {
    run.close(Part::close);
    if (part != null) {
      part.close();
      part = null;
    }
    if (serial != null) {
      serial.close();
      serial = null;
    }
  }
}
