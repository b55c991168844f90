package io.varve.server.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.query.prometheus.LabelCondition;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReadRequestReaderTest {
  private static final long SEED = Long.getLong("varve.seed", 20_261_121L);

  private static ReadRequest read(Proto request) throws MalformedMessageException {
    byte[] message = request.toBytes();
    return ReadRequestReader.read(message, message.length);
  }

  private static Proto query() {
    return new Proto()
        .varint(1, -5)
        .varint(2, 7)
        .message(3, new Proto().varint(1, 3).text(2, "job").text(3, "a|b"))
        .message(3, new Proto())
        .message(4, new Proto().text(2, "rate"));
  }

  @Test
  void readsQueriesAndTakesWhatIsMissingForEmpty() throws Exception {
    ReadRequest request = read(new Proto().message(1, query()).message(1, new Proto()));
    assertThat(request.streamed()).isFalse();
    assertThat(request.queries())
        .containsExactly(
            new ReadRequest.Query(
                -5,
                7,
                List.of(
                    new LabelCondition(LabelCondition.Operator.NOT_REGEX, "job", "a|b"),
                    new LabelCondition(LabelCondition.Operator.EQUAL, "", ""))),
            new ReadRequest.Query(0, 0, List.of()));
  }

  @Test
  void takesTheFirstResponseTypeItKnows() throws Exception {
    assertThat(read(new Proto()).streamed()).isFalse();
    assertThat(read(new Proto().varint(2, 9).varint(2, 1).varint(2, 0)).streamed()).isTrue();
    assertThat(read(new Proto().packed(2, 9, 0, 1)).streamed()).isFalse();
    assertThatThrownBy(() -> read(new Proto().packed(2, 2, -1)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("supported: SAMPLES, STREAMED_XOR_CHUNKS");
  }

  @Test
  void refusesMoreQueriesAndMatchersThanTheBounds() {
    Proto queries = new Proto();
    Proto query = new Proto();
    for (int i = 0; i <= 1_000; i++) {
      queries.message(1, new Proto());
      query.message(3, new Proto());
    }
    assertThatThrownBy(() -> read(queries)).hasMessageContaining("more than 1000 queries");
    assertThatThrownBy(() -> read(new Proto().message(1, query)))
        .hasMessageContaining("more than 1000 matchers");
  }

  /** Any other exception fails the test. */
  @Test
  void readsOrRefusesDamagedRequests() {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] message = new Proto().message(1, query()).packed(2, 1, 0).toBytes();
    int refused = 0;
    int rounds = 50_000;
    for (int round = 0; round < rounds; round++) {
      byte[] damaged = Arrays.copyOf(message, 1 + random.nextInt(message.length));
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(ReadRequestReader.read(damaged, damaged.length).queries()).hasSizeLessThan(99);
      } catch (MalformedMessageException e) {
        refused++;
      }
    }
    assertThat(refused).as("seed %d", SEED).isBetween(1, rounds - 1);
  }
}
