package io.varve.storage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ChunkKeysTest {
  @Test
  void sortAsTheirNumbersDo() {
    byte[] early = ChunkKeys.key(1, -5, 7, 3, -1, 0);
    byte[] late = ChunkKeys.key(1, 5, 7, 3, 1, 0xffff_ffffL);
    assertThat(Arrays.compareUnsigned(early, late)).isNegative();
    assertThat(Arrays.compareUnsigned(early, ChunkKeys.key(1, -5, 7, 3, 0, 0))).isNegative();
    assertThat(Arrays.compareUnsigned(early, ChunkKeys.key(1, -5, 7, 3, -1, 1))).isNegative();
  }

  @Test
  void giveTheirNumbersBack() {
    byte[] key = ChunkKeys.key(65_534, -5, -7, 65_533, Long.MIN_VALUE, 0xffff_ffffL);
    assertThat(ChunkKeys.policyId(key)).isEqualTo(65_534);
    assertThat(ChunkKeys.shardStartHours(key)).isEqualTo(-5);
    assertThat(ChunkKeys.seriesId(key)).isEqualTo(-7);
    assertThat(ChunkKeys.fieldId(key)).isEqualTo(65_533);
    assertThat(ChunkKeys.firstTimestampNanos(key)).isEqualTo(Long.MIN_VALUE);
    assertThat(ChunkKeys.sequence(key)).isEqualTo(0xffff_ffffL);
    assertThat(key).startsWith(ChunkKeys.shardPrefix(65_534, -5));
  }

  @Test
  void areAsTheFormatPageSays() {
    byte[] key = ChunkKeys.key(1, 490_896, 5, 2, 1_767_225_600_000_000_000L, 3);
    assertThat(HexFormat.ofDelimiter(" ").formatHex(key))
        .isEqualTo("00 01 80 07 7d 90 00 00 00 05 00 02 98 86 72 51 ed fa 00 00 00 00 00 03");
    assertThat(ChunkKeys.salt(key)).isEqualTo(0xe5de70510a41b953L);
  }

  @Test
  void successorIsBehindAllWithThePrefix() {
    assertThat(ChunkKeys.successor(new byte[] {1, (byte) 0xff})).isEqualTo(new byte[] {2, 0});
    assertThat(ChunkKeys.successor(new byte[] {1, 7})).isEqualTo(new byte[] {1, 8});
  }
}
