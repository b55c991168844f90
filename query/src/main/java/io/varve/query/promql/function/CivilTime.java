package io.varve.query.promql.function;

/**
 * Parts of the UTC date and time of Unix seconds in the Gregorian calendar, without objects; NaN
 * has none. Fractions of a second are cut off towards 0, as Prometheus does.
 *
 * <p>A date is found by counting days from 1 March of year 0, so that the leap day ends a year, in
 * eras of 400 years (146,097 days).
 */
final class CivilTime {
  private static final long DAY_SECONDS = 86_400;
  private static final long ERA_DAYS = 146_097;

  /** Days from 1 March of year 0 to 1 January 1970. */
  private static final long EPOCH_DAYS = 719_468;

  private CivilTime() {}

  static double minute(double seconds) {
    return Double.isNaN(seconds)
        ? seconds
        : Math.floorDiv(Math.floorMod((long) seconds, 3600L), 60L);
  }

  static double hour(double seconds) {
    return Double.isNaN(seconds)
        ? seconds
        : Math.floorDiv(Math.floorMod((long) seconds, DAY_SECONDS), 3600L);
  }

  /** Sunday is 0. */
  static double dayOfWeek(double seconds) {
    return Double.isNaN(seconds) ? seconds : Math.floorMod(epochDay(seconds) + 4, 7);
  }

  static double dayOfMonth(double seconds) {
    return Double.isNaN(seconds) ? seconds : day(epochDay(seconds));
  }

  /** The first of January is 1. */
  static double dayOfYear(double seconds) {
    if (Double.isNaN(seconds)) {
      return seconds;
    }
    long day = epochDay(seconds);
    int ofMarchYear = dayOfMarchYear(day);
    // January and February are the days 306 to 365 of the year that began in March.
    return ofMarchYear >= 306 ? ofMarchYear - 305 : ofMarchYear + 60 + (isLeap(year(day)) ? 1 : 0);
  }

  static double daysInMonth(double seconds) {
    if (Double.isNaN(seconds)) {
      return seconds;
    }
    long day = epochDay(seconds);
    int month = month(day);
    if (month == 2) {
      return isLeap(year(day)) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  static double month(double seconds) {
    return Double.isNaN(seconds) ? seconds : month(epochDay(seconds));
  }

  static double year(double seconds) {
    return Double.isNaN(seconds) ? seconds : year(epochDay(seconds));
  }

  private static long epochDay(double seconds) {
    return Math.floorDiv((long) seconds, DAY_SECONDS);
  }

  private static long yearOfEra(long epochDay) {
    long day = Math.floorMod(epochDay + EPOCH_DAYS, ERA_DAYS);
    return (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
  }

  private static int dayOfMarchYear(long epochDay) {
    long day = Math.floorMod(epochDay + EPOCH_DAYS, ERA_DAYS);
    long year = yearOfEra(epochDay);
    return (int) (day - (365 * year + year / 4 - year / 100));
  }

  /** Months from March on have 153 days in five, alternately 31 and 30. */
  private static int monthFromMarch(long epochDay) {
    return (5 * dayOfMarchYear(epochDay) + 2) / 153;
  }

  private static int day(long epochDay) {
    return dayOfMarchYear(epochDay) - (153 * monthFromMarch(epochDay) + 2) / 5 + 1;
  }

  private static int month(long epochDay) {
    int month = monthFromMarch(epochDay);
    return month < 10 ? month + 3 : month - 9;
  }

  private static long year(long epochDay) {
    long year = yearOfEra(epochDay) + 400 * Math.floorDiv(epochDay + EPOCH_DAYS, ERA_DAYS);
    return month(epochDay) <= 2 ? year + 1 : year;
  }

  private static boolean isLeap(long year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  }
}
