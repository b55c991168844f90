package io.varve.query.prometheus;

import io.varve.query.promql.Labels;
import io.varve.query.promql.eval.SampleSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Blocks in which a series may turn up again, since metrics of several measurements have one name:
 * of each series the first is passed on. Remembers the labels of all.
 */
final class DistinctBlock implements SampleSource.SampleBlock {
  private final List<SampleSource.SampleBlock> blocks;

  DistinctBlock(List<SampleSource.SampleBlock> blocks) {
    this.blocks = List.copyOf(blocks);
  }

  @Override
  public int seriesCount() {
    return blocks.stream().mapToInt(SampleSource.SampleBlock::seriesCount).sum();
  }

  @Override
  public void read(SampleSource.SampleVisitor visitor) {
    Set<Labels> seen = new HashSet<>();
    for (SampleSource.SampleBlock block : blocks) {
      block.read(
          (labels, samples) -> {
            if (seen.add(labels)) {
              visitor.visit(labels, samples);
            }
          });
    }
  }
}
