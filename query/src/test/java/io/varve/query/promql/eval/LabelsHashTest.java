package io.varve.query.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.promql.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsHashTest {
  @Test
  void isTheOneThatOthersCompute() {
    assertThat(hash("")).isEqualTo(0xef46db3751d8e999L);
    assertThat(hash("a")).isEqualTo(0xd24ec4f1a98c6e5bL);
    assertThat(hash("abc")).isEqualTo(0x44bc2cf5ad770999L);
    assertThat(hash("Nobody inspects the spammish repetition")).isEqualTo(0xfbcea83c8a378bf1L);
  }

  @Test
  void seesLengthsBeforeTexts() {
    String longText = "x".repeat(300);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(1);
    bytes.write('a');
    bytes.write(255);
    bytes.write(300 - 256);
    bytes.write(1);
    bytes.write(0);
    bytes.writeBytes(longText.getBytes(StandardCharsets.UTF_8));
    assertThat(LabelsHash.of(Labels.of(Map.of("a", longText))))
        .isEqualTo(LabelsHash.xxh64(bytes.toByteArray()));
    assertThat(LabelsHash.of(Labels.of(Map.of("a", "b")))).isEqualTo(hash("\1a\1b"));
  }

  private static long hash(String text) {
    return LabelsHash.xxh64(text.getBytes(StandardCharsets.UTF_8));
  }
}
