package io.varve.server.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.prometheus.SampleRun;
import io.varve.query.promql.Labels;
import io.varve.query.promql.function.Samples;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplesResponseTest {
  private static final Labels LABELS = Labels.of(Map.of("__name__", "m", "b", "2", "a", "1"));

  private static SamplesResponse response(int maxBytes, int samples) {
    SamplesResponse response = new SamplesResponse(maxBytes);
    response.beginQuery();
    response.beginSeries(LABELS);
    for (int i = 0; i < samples; i++) {
      Samples piece = new Samples();
      piece.add(i, i);
      piece.add(99, 99);
      response.samples(new SampleRun(piece, 1));
    }
    response.endSeries();
    response.endQuery();
    return response;
  }

  @Test
  void writesSamplesThatComeInPieces() throws Exception {
    byte[] block = response(1_000, 3).block();
    assertThat(ReadAnswers.samples(block))
        .isEqualTo(List.of(List.of("m{a=1,b=2} 0.0@0 1.0@1 2.0@2")));
  }

  @Test
  void refusesToGrowBeyondItsBound() {
    assertThatThrownBy(() -> response(1_000, 100))
        .isInstanceOf(SamplesResponse.TooLargeException.class)
        .hasMessageContaining("more than 1000 bytes");
  }
}
