package io.varve.server.warmup;

import java.nio.charset.StandardCharsets;

/**
 * A body of line protocol whose points can be moved in time, some to other series too.
 *
 * <p>The text is made once; all times have 19 digits and numbers of series 4, so that moving points
 * is writing over digits.
 */
final class MadeUpPoints {
  private static final int TIME_DIGITS = 19;
  private static final String TIME_TO_COME = "0".repeat(TIME_DIGITS);

  /** The first of the numbers of what comes and goes, as containers do. */
  private static final int FIRST_NUMBER = 4_000;

  private static final String NUMBER_TO_COME = "0000";
  private static final int NO_NUMBER = -1;

  /** What an exporter tells, two of each metric. */
  private static final int SERIES_PER_INSTANCE = 80;

  private final int seriesCount;
  private final int rowCount;

  /** So many series have the same number. */
  private final int seriesPerNumber;

  /** How many numbers there are, so that at some time they come back. */
  private final int numbers;

  private final byte[] body;
  private final int[] timeOffsets;
  private final int[] numberOffsets;
  private int moved;

  private MadeUpPoints(
      int seriesCount, int rowCount, int seriesPerNumber, int numbers, LineSource source) {
    this.seriesCount = seriesCount;
    this.rowCount = rowCount;
    this.seriesPerNumber = seriesPerNumber;
    this.numbers = numbers;
    timeOffsets = new int[seriesCount * rowCount];
    numberOffsets = new int[seriesCount * rowCount];
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < rowCount; row++) {
      for (int series = 0; series < seriesCount; series++) {
        numberOffsets[row * seriesCount + series] = source.append(text, series, row);
        text.append(' ');
        timeOffsets[row * seriesCount + series] = text.length();
        text.append(TIME_TO_COME).append('\n');
      }
    }
    body = text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes series and fields of a line; tells where the number of the series is to come. */
  private interface LineSource {
    int append(StringBuilder text, int series, int row);
  }

  /** Many tags, many integers: what an agent says about processors. */
  static MadeUpPoints cpu() {
    return new MadeUpPoints(40, 10, 1, 1, MadeUpPoints::appendCpu);
  }

  private static int appendCpu(StringBuilder text, int series, int row) {
    text.append("cpu,arch=x64,datacenter=dc-").append(series % 9);
    text.append(",hostname=host_").append(series).append(",os=linux,rack=").append(series % 13);
    text.append(",region=r-").append(series % 3).append(",service=").append(series % 20);
    text.append(",service_environment=test,service_version=1,team=t")
        .append(series % 4)
        .append(' ');
    for (int field = 0; field < 10; field++) {
      text.append(field == 0 ? "" : ",").append("usage_").append(field).append('=');
      text.append((series * 7 + row * (field + 11)) % 101).append('i');
    }
    return NO_NUMBER;
  }

  /**
   * One float per line, instance by instance: what exporters and bridges say. Half of the instances
   * come and go.
   */
  static MadeUpPoints metrics() {
    return new MadeUpPoints(
        10 * SERIES_PER_INSTANCE, 5, SERIES_PER_INSTANCE, 150, MadeUpPoints::appendMetric);
  }

  private static int appendMetric(StringBuilder text, int series, int row) {
    int instance = series / SERIES_PER_INSTANCE;
    int metric = series % SERIES_PER_INSTANCE / 2;
    boolean stays = instance % 2 == 0;
    text.append(stays ? "metric_" : "container_").append(metric);
    text.append(",instance=i").append(instance);
    int number = text.length();
    if (!stays) {
      text.append(NUMBER_TO_COME);
    }
    text.append(":9100,job=node,mode=m").append(series % 2).append(" value=");
    switch (metric % 8) {
      case 0 -> text.append(1_000_000L + series + row * 17L);
      case 1 -> text.append(series * 300 + row).append('.').append(10 + (row * 7 + series) % 90);
      case 2 -> text.append(Math.sqrt(series + row * 0.37) / 1_000);
      case 3 -> text.append(8_000_000_000L + series * 4_096L * 4_096 + row);
      case 4 -> text.append('-').append(series % 60).append('.').append(row);
      case 5 -> text.append(series % 1_000 + row).append('i');
      case 6 -> text.append(1 + row).append(".5e-07");
      default -> text.append((series + row) % 3 / 2);
    }
    return stays ? NO_NUMBER : number;
  }

  /** All types, escapes and fields that come and go: what applications say. */
  static MadeUpPoints application() {
    return new MadeUpPoints(20, 1, 1, 4_000, MadeUpPoints::appendApplication);
  }

  private static int appendApplication(StringBuilder text, int series, int row) {
    text.append("requests,path=/a\\ b/");
    int number = text.length();
    text.append(NUMBER_TO_COME).append(",status=200 ");
    text.append("seconds=0.").append(100 + series * 37 % 900);
    text.append(",bytes=").append(500L + series * 91 % 4000).append('i');
    text.append(",ok=").append(series % 7 == 0 ? 'f' : 't');
    if (series % 5 == 0) {
      text.append(",said=\"line \\\"").append(series % 3).append("\\\"\"");
    }
    return number;
  }

  /** Gives the first row this time and the others theirs, a step apart. */
  void moveTo(long firstNanos, long stepNanos) {
    for (int row = 0; row < rowCount; row++) {
      byte[] time = digits(firstNanos + row * stepNanos);
      for (int series = 0; series < seriesCount; series++) {
        int line = row * seriesCount + series;
        System.arraycopy(time, 0, body, timeOffsets[line], TIME_DIGITS);
        if (numberOffsets[line] != NO_NUMBER) {
          setNumber(numberOffsets[line], (moved + series / seriesPerNumber) % numbers);
        }
      }
    }
    moved = (moved + seriesCount / seriesPerNumber) % numbers;
  }

  private void setNumber(int offset, int number) {
    int rest = FIRST_NUMBER + number;
    for (int at = offset + NUMBER_TO_COME.length() - 1; at >= offset; at--) {
      body[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static byte[] digits(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  int rowCount() {
    return rowCount;
  }

  byte[] body() {
    return body;
  }
}
