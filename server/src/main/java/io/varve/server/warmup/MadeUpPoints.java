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

  /** Series that come and go, as containers do; a server has not seen each of them lately. */
  private static final int MOVING_SERIES = 4_000;

  private static final String NUMBER_TO_COME = "0000";
  private static final int NO_NUMBER = -1;

  private final int seriesCount;
  private final int rowCount;
  private final byte[] body;
  private final int[] timeOffsets;
  private final int[] numberOffsets;
  private int moved;

  private MadeUpPoints(int seriesCount, int rowCount, LineSource source) {
    this.seriesCount = seriesCount;
    this.rowCount = rowCount;
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
    return new MadeUpPoints(40, 50, MadeUpPoints::appendCpu);
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
      text.append((series * 7 + row * (field + 3)) % 101).append('i');
    }
    return NO_NUMBER;
  }

  /** One float per line: what exporters and bridges say. */
  static MadeUpPoints metrics() {
    return new MadeUpPoints(400, 5, MadeUpPoints::appendMetric);
  }

  private static int appendMetric(StringBuilder text, int series, int row) {
    int metric = series % 40;
    text.append("metric_").append(metric).append(",instance=i").append(series / 40 % 5);
    text.append(":9100,job=node,mode=m").append(series / 200).append(" value=");
    switch (metric % 4) {
      case 0 -> text.append(1_000_000L + series + row * 17L);
      case 1 -> text.append(series * 3 + row).append('.').append(10 + (row * 7 + series) % 90);
      case 2 -> text.append(Math.sqrt(series + row * 0.37));
      default -> text.append(0);
    }
    return NO_NUMBER;
  }

  /** All types, escapes and fields that come and go: what applications say. */
  static MadeUpPoints application() {
    return new MadeUpPoints(20, 25, MadeUpPoints::appendApplication);
  }

  private static int appendApplication(StringBuilder text, int series, int row) {
    text.append("requests,path=/a\\ b/");
    int number = text.length();
    text.append(NUMBER_TO_COME).append(",status=200 ");
    text.append("seconds=0.").append(100 + (row * 37 + series) % 900);
    text.append(",bytes=").append(500L + row * 91 % 4000).append('i');
    text.append(",ok=").append((row + series) % 7 == 0 ? 'f' : 't');
    if (row % 5 == 0) {
      text.append(",said=\"line \\\"").append(row % 3).append("\\\"\"");
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
          byte[] number = digits(MOVING_SERIES + (moved + series) % MOVING_SERIES);
          System.arraycopy(number, 0, body, numberOffsets[line], NUMBER_TO_COME.length());
        }
      }
    }
    moved += seriesCount;
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
