package io.varve.storage.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class KnownFieldsTest {
  private final PointBatch batch = new PointBatch();

  private void clear() {
    if (batch.rowCount() == 0) {
      batch.beginRow(SeriesKey.of("m", Map.of()));
      batch.add("n", 1);
      batch.endRow(0);
    }
    batch.clear();
  }

  private KnownKeys keys() {
    return Objects.requireNonNull(batch.knownKeys());
  }

  private KnownFields fields() {
    return Objects.requireNonNull(batch.knownFields());
  }

  private int begin(String measurement) {
    byte[] line = (measurement + " ").getBytes(UTF_8);
    int number = keys().find(line, 0, line.length);
    if (number < 0) {
      byte[] key = SeriesKey.of(measurement, Map.of()).toBytes();
      number = keys().add(line, 0, line.length - 1, key, key.length);
    }
    batch.beginRow(keys(), number);
    return number;
  }

  /** The list that is expected of a series after a row with these floats. */
  private int learn(String measurement, String... names) {
    int number = begin(measurement);
    for (String name : names) {
      batch.add(name, 1.5);
    }
    batch.endRow(1);
    batch.learnFields();
    return keys().fields(number);
  }

  @Test
  void sharesAListAmongRowsWithTheSameNamesAndTypes() {
    clear();
    int list = learn("cpu", "idle", "user");
    assertThat(list).isNotNegative();
    assertThat(learn("cpu", "idle", "user")).isEqualTo(list);
    assertThat(learn("mem", "idle", "user")).isNotNegative().isNotEqualTo(list);
    assertThat(learn("cpu", "user", "idle")).isNotNegative().isNotEqualTo(list);
    int number = begin("cpu");
    batch.add("idle", 1L);
    batch.add("user", 2.5);
    batch.endRow(1);
    batch.learnFields();
    assertThat(keys().fields(number)).isNotNegative().isNotEqualTo(list);
    int first = fields().firstField(list);
    String text = new String(fields().text(), UTF_8);
    assertThat(fields().fieldCount(list)).isEqualTo(2);
    assertThat(text.startsWith("idle=user=", fields().nameStart(first))).isTrue();
    assertThat(fields().typeCode(first)).isEqualTo(FieldType.FLOAT.code());
  }

  @Test
  void addsARowAsIfItHadBeenAddedFieldByField() {
    clear();
    int list = learn("cpu", "idle", "user");
    clear();
    batch.beginRow(SeriesKey.of("other", Map.of()));
    batch.add("name", 1);
    batch.endRow(5);
    for (int row = 1; row <= 200; row++) {
      int number = begin("cpu");
      batch.abandonRow();
      long[] bits = {Double.doubleToRawLongBits(row), 7};
      batch.addRow(keys(), number, fields(), list, bits, new byte[] {1, 2}, row);
      assertThat(batch.fieldList(row)).isEqualTo(list);
      assertThat(batch.timestampNanos(row)).isEqualTo(row);
      assertThat(batch.keyBytes(row)).containsSubsequence(SeriesKey.of("cpu", Map.of()).toBytes());
      int value = batch.firstValue(row);
      assertThat(batch.endValue(row)).isEqualTo(value + 2);
      assertThat(name(value) + name(value + 1)).isEqualTo("idleuser");
      assertThat(batch.type(value)).isEqualTo(FieldType.FLOAT);
      assertThat(batch.bits(value)).isEqualTo(bits[0]);
      assertThat(batch.decimals(value + 1)).isEqualTo(2);
    }
    assertThat(batch.fieldList(0)).isEqualTo(KnownFields.NONE);
  }

  private String name(int value) {
    return new String(batch.arena(), batch.nameOffset(value), batch.nameLength(value), UTF_8);
  }

  @Test
  void takesNumbersWithPlainNamesOnly() {
    clear();
    for (String name : new String[] {"a,b", "a=b", "a b", "a\\", "\"a"}) {
      assertThat(learn("m", name)).as(name).isEqualTo(KnownFields.NONE);
    }
    int number = begin("text");
    batch.add("s", "text");
    batch.endRow(1);
    batch.learnFields();
    assertThat(keys().fields(number)).isEqualTo(KnownFields.NONE);
    String[] many = new String[KnownFields.MAX_FIELDS + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = "f" + i;
    }
    assertThat(learn("wide", many)).isEqualTo(KnownFields.NONE);
  }

  @Test
  void expectsNothingOfASeriesWhoseFieldsKeepChanging() {
    clear();
    int list = KnownFields.NONE;
    for (int row = 0; row < 100; row++) {
      list = learn("m", row % 2 == 0 ? "a" : "b");
    }
    assertThat(list).isEqualTo(KnownFields.NONE);
    for (int row = 0; row < 100; row++) {
      assertThat(learn("steady", "a")).isNotNegative();
    }
  }

  @Test
  void learnsNoMoreWhenFullAndOfNoUse() {
    clear();
    for (int i = 0; i < KnownFields.MAX_LISTS; i++) {
      assertThat(learn("m" + i, "a")).isEqualTo(i);
    }
    assertThat(learn("one more", "a")).isEqualTo(KnownFields.NONE);
    clear();
    assertThat(learn("m1", "b")).isEqualTo(KnownFields.NONE);
    assertThat(learn("m2", "a")).isEqualTo(KnownFields.NONE);
  }

  @Test
  void startsAnewWhenFullIfItWasOfUse() {
    clear();
    for (int i = 0; i <= KnownFields.MAX_LISTS; i++) {
      learn("m" + i, "a");
    }
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < KnownFields.MAX_LISTS; i++) {
        int number = begin("m" + i);
        batch.abandonRow();
        batch.addRow(keys(), number, fields(), i, new long[1], new byte[1], round);
      }
    }
    clear();
    byte[] line = "m1 ".getBytes(UTF_8);
    assertThat(keys().fields(keys().find(line, 0, line.length))).isEqualTo(KnownFields.NONE);
    assertThat(learn("m2", "b")).isZero();
    assertThat(learn("m1", "a")).isEqualTo(1);
  }
}
