package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.StorageException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
  private static final Subscription SECOND =
      new Subscription("db", "week", "s", 2, false, List.of("udp://a:1", "http://b:2"));

  /** The example of docs/format/meta.md. */
  @Test
  void isStoredAsWritten() {
    byte[] bytes = SECOND.encode();
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("01000000000000000200" + "7564703a2f2f613a31" + "0a" + "687474703a2f2f623a32");
    assertThat(Subscription.decode("db", "week", "s", bytes)).isEqualTo(SECOND);
  }

  @Test
  void refusesRecordsItDoesNotKnow() {
    byte[] other = SECOND.encode();
    other[0] = 2;
    for (byte[] bytes : new byte[][] {other, {}, {1, 0, 0}}) {
      assertThatThrownBy(() -> Subscription.decode("db", "week", "s", bytes))
          .isInstanceOf(StorageException.class)
          .hasMessage("corrupt record of subscription s on db");
    }
  }
}
