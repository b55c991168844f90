package io.varve.query.promql.eval;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.XxHash64;
import io.varve.query.promql.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsHashTest {
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
        .isEqualTo(XxHash64.of(bytes.toByteArray()));
    assertThat(LabelsHash.of(Labels.of(Map.of("a", "b")))).isEqualTo(hash("\1a\1b"));
  }

  private static long hash(String text) {
    return XxHash64.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
