package io.varve.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class IdleSweepsTest {
  private final IdleSweeps sweeps = new IdleSweeps();

  @Test
  void isIdleAfterEnoughSweepsWithoutRows() {
    assertThat(sweeps.add(5)).isFalse();
    for (int i = 1; i < IdleSweeps.ENOUGH; i++) {
      assertThat(sweeps.add(5)).as("sweep %s", i).isFalse();
    }
    assertThat(sweeps.add(5)).isTrue();
    assertThat(sweeps.add(5)).isTrue();
  }

  @Test
  void beginsAnewWhenRowsCome() {
    for (int i = 0; i < IdleSweeps.ENOUGH; i++) {
      sweeps.add(5);
    }
    assertThat(sweeps.add(6)).isFalse();
    assertThat(sweeps.add(6)).isFalse();
  }
}
