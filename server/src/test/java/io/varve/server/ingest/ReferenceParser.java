package io.varve.server.ingest;

import io.varve.storage.model.PointBatch;
import io.varve.storage.model.SeriesKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The slow, plain reading of the line protocol that the parser is compared with.
 *
 * <p>Works on strings of one char per byte. Points come out as text, see {@link BatchText}.
 */
final class ReferenceParser {
  private static final Pattern NUMBER = Pattern.compile("-?([0-9]+\\.?[0-9]*|\\.[0-9]+)");
  private static final Pattern EXPONENT = Pattern.compile("[eE][-+]?[0-9]+");
  private static final BigInteger UNSIGNED_LIMIT = BigInteger.ONE.shiftLeft(64);

  final List<String> points = new ArrayList<>();
  final List<String> errors = new ArrayList<>();
  int dropped;

  private final Precision precision;
  private final long nowNanos;

  ReferenceParser(Precision precision, long nowNanos) {
    this.precision = precision;
    this.nowNanos = nowNanos;
  }

  /** What makes a line malformed. */
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String reason) {
      super(reason);
    }
  }

  void parse(byte[] body) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    int at = 0;
    while (at < text.length()) {
      int end = endOfLine(text, at);
      String line = text.substring(at, end).replaceFirst("^[ \t\0]+", "");
      at = end + 1;
      if (line.isEmpty() || line.charAt(0) == '#') {
        continue;
      }
      try {
        parseLine(line);
      } catch (Malformed e) {
        errors.add(e.getMessage());
      }
    }
  }

  /** Lines end at newlines, except inside a string that opens right behind a field's '='. */
  private static int endOfLine(String text, int from) {
    int i = from;
    while (i < text.length() && " \t\0".indexOf(text.charAt(i)) >= 0) {
      i++;
    }
    int newline = text.indexOf('\n', i);
    int plainEnd = newline < 0 ? text.length() : newline;
    if (i >= text.length() || text.charAt(i) == '#') {
      return plainEnd;
    }
    boolean first = true;
    while (true) {
      char wanted = first ? ' ' : '=';
      i = indexOfUnescaped(text, wanted, i + (first ? 1 : 0), plainEnd);
      if (i < 0 || i >= plainEnd) {
        return plainEnd;
      }
      i++;
      if (first) {
        first = false;
        continue;
      }
      if (i < text.length() && text.charAt(i) == '"') {
        i++;
        while (i < text.length() && text.charAt(i) != '"') {
          i += text.charAt(i) == '\\' ? 2 : 1;
        }
        if (i >= text.length()) {
          return text.length();
        }
        i++;
        newline = text.indexOf('\n', i);
        plainEnd = newline < 0 ? text.length() : newline;
      }
      int comma = indexOfUnescaped(text, ',', i, plainEnd);
      int space = indexOfUnescaped(text, ' ', i, plainEnd);
      if (comma < 0 || (space >= 0 && space < comma)) {
        return plainEnd;
      }
      i = comma + 1;
    }
  }

  private static int indexOfUnescaped(String text, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == wanted && (i == 0 || text.charAt(i - 1) != '\\')) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isUnescaped(String text, int at, int tokenStart) {
    return at == tokenStart || text.charAt(at - 1) != '\\';
  }

  private void parseLine(String line) throws Malformed {
    int at = 1;
    if (line.charAt(0) == ',') {
      throw new Malformed("missing measurement");
    }
    while (at < line.length()
        && !(isUnescaped(line, at, 0) && " ,".indexOf(line.charAt(at)) >= 0)) {
      at++;
    }
    String measurement = unescape(line.substring(0, at), ", ");
    List<String[]> tags = new ArrayList<>();
    while (at < line.length() && line.charAt(at) == ',') {
      at = parseTag(line, at + 1, tags);
    }
    if (at >= line.length()) {
      throw new Malformed("missing fields");
    }
    int keyLength = at;
    if (keyLength > SeriesKey.MAX_BYTES) {
      throw new Malformed("max key length exceeded: " + keyLength + " > 65535");
    }
    Map<String, String> sorted = new TreeMap<>();
    for (String[] tag : tags) {
      if (sorted.put(tag[0], tag[1]) != null) {
        throw new Malformed("duplicate tags");
      }
    }
    while (at < line.length() && " \t\0".indexOf(line.charAt(at)) >= 0) {
      at++;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    while (true) {
      at = parseField(line, at, keyLength, fields);
      if (at >= line.length() || line.charAt(at) == ' ') {
        break;
      }
      at++;
    }
    long nanos = parseTime(line.substring(at));
    boolean hadTime = fields.remove("time") != null;
    if (sorted.containsKey("time") || (hadTime && fields.isEmpty())) {
      dropped++;
      return;
    }
    points.add(BatchText.of(measurement, sorted, fields, nanos));
  }

  private static int parseTag(String line, int start, List<String[]> tags) throws Malformed {
    int i = start;
    if (i >= line.length() || " ,=".indexOf(line.charAt(i)) >= 0) {
      throw new Malformed("missing tag key");
    }
    while (i < line.length()
        && !(isUnescaped(line, i, start) && " ,=".indexOf(line.charAt(i)) >= 0)) {
      i++;
    }
    if (i >= line.length() || line.charAt(i) != '=') {
      throw new Malformed("missing tag value");
    }
    int value = i + 1;
    if (value >= line.length() || " ,".indexOf(line.charAt(value)) >= 0) {
      throw new Malformed("missing tag value");
    }
    int end = value + 1;
    while (end < line.length()
        && !(isUnescaped(line, end, value) && " ,=".indexOf(line.charAt(end)) >= 0)) {
      end++;
    }
    if (end >= line.length()) {
      throw new Malformed("missing fields");
    }
    if (line.charAt(end) == '=') {
      throw new Malformed("invalid tag format");
    }
    tags.add(
        new String[] {
          unescape(line.substring(start, i), ",= "), unescape(line.substring(value, end), ",= ")
        });
    return end;
  }

  private static int parseField(String line, int start, int keyLength, Map<String, String> fields)
      throws Malformed {
    int i = start;
    while (i < line.length()
        && !(isUnescaped(line, i, start) && " ,=".indexOf(line.charAt(i)) >= 0)) {
      i++;
    }
    if (i >= line.length() || line.charAt(i) != '=') {
      throw new Malformed("invalid field format");
    }
    if (i == start) {
      throw new Malformed("missing field key");
    }
    int total = keyLength + 4 + (i - start);
    if (total > SeriesKey.MAX_BYTES) {
      throw new Malformed("max key length exceeded: " + total + " > 65535");
    }
    String name = unescape(line.substring(start, i), ",= ");
    int at = i + 1;
    if (at >= line.length() || " ,".indexOf(line.charAt(at)) >= 0) {
      throw new Malformed("missing field value");
    }
    fields.remove(name);
    if (line.charAt(at) == '"') {
      return parseString(line, at + 1, name, fields);
    }
    int end = at;
    while (end < line.length() && " ,".indexOf(line.charAt(end)) < 0) {
      end++;
    }
    String value = line.substring(at, end);
    fields.put(
        name,
        "0123456789-.nN".indexOf(value.charAt(0)) >= 0 ? parseNumber(value) : parseBoolean(value));
    return end;
  }

  private static int parseString(String line, int start, String name, Map<String, String> fields)
      throws Malformed {
    StringBuilder value = new StringBuilder();
    int i = start;
    while (i < line.length() && line.charAt(i) != '"') {
      if (line.charAt(i) == '\\' && i + 1 < line.length()) {
        i++;
        if ("\"\\".indexOf(line.charAt(i)) < 0) {
          value.append('\\');
        }
      }
      value.append(line.charAt(i++));
    }
    if (i >= line.length()) {
      throw new Malformed("unbalanced quotes");
    }
    i++;
    if (i < line.length() && " ,".indexOf(line.charAt(i)) < 0) {
      long quotes = line.substring(i).chars().filter(c -> c == '"').count();
      throw new Malformed(quotes % 2 == 1 ? "unbalanced quotes" : "invalid field format");
    }
    fields.put(name, "STRING:" + value);
    return i;
  }

  private static String parseNumber(String text) throws Malformed {
    char last = text.charAt(text.length() - 1);
    String body = text.substring(0, text.length() - 1);
    if (last == 'i' && body.matches("-?[0-9]+")) {
      BigInteger value = new BigInteger(body);
      if (value.bitLength() > 63) {
        throw new Malformed(
            "unable to parse integer "
                + (body + ": strconv.ParseInt: parsing \"" + body + "\": value out of range"));
      }
      return "INTEGER:" + value;
    }
    if (last == 'u' && body.matches("[0-9]+")) {
      BigInteger value = new BigInteger(body);
      if (value.compareTo(UNSIGNED_LIMIT) >= 0) {
        throw new Malformed(
            "unable to parse unsigned "
                + (body + ": strconv.ParseUint: parsing \"" + body + "\": value out of range"));
      }
      return "UNSIGNED:" + value;
    }
    Matcher number = NUMBER.matcher(text);
    boolean hasNumber = number.lookingAt();
    int end = hasNumber ? number.end() : skipSignAndPoint(text);
    if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
      Matcher exponent = EXPONENT.matcher(text).region(end, text.length());
      if (!exponent.lookingAt() || !hasNumber) {
        throw new Malformed("invalid float");
      }
      end = exponent.end();
    }
    if (!hasNumber || end < text.length()) {
      throw new Malformed("invalid number");
    }
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw new Malformed("invalid float");
    }
    return "FLOAT:" + Long.toHexString(Double.doubleToRawLongBits(value));
  }

  private static int skipSignAndPoint(String text) {
    int i = text.startsWith("-") ? 1 : 0;
    return i < text.length() && text.charAt(i) == '.' ? i + 1 : i;
  }

  private static String parseBoolean(String text) throws Malformed {
    return switch (text) {
      case "t", "T", "true", "True", "TRUE" -> "BOOLEAN:1";
      case "f", "F", "false", "False", "FALSE" -> "BOOLEAN:0";
      default -> throw new Malformed("invalid boolean");
    };
  }

  private long parseTime(String rest) throws Malformed {
    String text = rest.replaceFirst("^[ \t\0]+", "");
    if (text.isEmpty()) {
      return Math.floorDiv(nowNanos, precision.nanos()) * precision.nanos();
    }
    int space = text.indexOf(' ');
    String digits = space < 0 ? text : text.substring(0, space);
    if (!digits.matches("-?[0-9]+")) {
      throw new Malformed("bad timestamp");
    }
    BigInteger units = new BigInteger(digits);
    if (units.bitLength() > 63) {
      throw new Malformed("strconv.ParseInt: parsing \"" + digits + "\": value out of range");
    }
    if (space >= 0 && hasOtherThanSpace(text, space)) {
      throw new Malformed("point is invalid");
    }
    BigInteger nanos = units.multiply(BigInteger.valueOf(precision.nanos()));
    BigInteger limit = BigInteger.valueOf(Long.MAX_VALUE - 1);
    if (nanos.abs().compareTo(limit) > 0) {
      throw new Malformed("time outside range -" + limit + " - " + limit);
    }
    return nanos.longValueExact();
  }

  private static boolean hasOtherThanSpace(String text, int from) {
    return text.substring(from).chars().anyMatch(c -> c != ' ');
  }

  private static String unescape(String text, String special) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean escape =
          text.charAt(i) == '\\'
              && i + 1 < text.length()
              && special.indexOf(text.charAt(i + 1)) >= 0;
      plain.append(text.charAt(escape ? ++i : i));
    }
    return plain.toString();
  }

  /** Points as text, so that a failed comparison reads well. */
  static final class BatchText {
    private BatchText() {}

    static String of(
        String measurement, Map<String, String> tags, Map<String, String> fields, long nanos) {
      return measurement + " " + tags + " " + fields + " @" + nanos;
    }

    static List<String> of(PointBatch batch) {
      List<String> points = new ArrayList<>();
      for (int row = 0; row < batch.rowCount(); row++) {
        List<String> parts = keyParts(batch, row);
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = 1; i < parts.size(); i += 2) {
          tags.put(parts.get(i), parts.get(i + 1));
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (int value = batch.firstValue(row); value < batch.endValue(row); value++) {
          String name = text(batch, batch.nameOffset(value), batch.nameLength(value));
          if (fields.put(name, value(batch, value)) != null) {
            throw new AssertionError("field " + name + " twice in row " + row);
          }
        }
        points.add(of(parts.get(0), tags, fields, batch.timestampNanos(row)));
      }
      return points;
    }

    private static List<String> keyParts(PointBatch batch, int row) {
      List<String> parts = new ArrayList<>();
      byte[] bytes = batch.keyBytes(row);
      int at = batch.keyOffset(row);
      int end = at + batch.keyLength(row);
      while (at < end) {
        int length = 0;
        int shift = 0;
        byte next;
        do {
          next = bytes[at++];
          length |= (next & 0x7f) << shift;
          shift += 7;
        } while (next < 0);
        parts.add(new String(bytes, at, length, StandardCharsets.ISO_8859_1));
        at += length;
      }
      return parts;
    }

    private static String value(PointBatch batch, int value) {
      return switch (batch.type(value)) {
        case FLOAT -> "FLOAT:" + Long.toHexString(batch.bits(value));
        case INTEGER -> "INTEGER:" + batch.bits(value);
        case UNSIGNED -> "UNSIGNED:" + Long.toUnsignedString(batch.bits(value));
        case BOOLEAN -> "BOOLEAN:" + batch.bits(value);
        case STRING ->
            "STRING:" + text(batch, batch.stringOffset(value), batch.stringLength(value));
      };
    }

    private static String text(PointBatch batch, int offset, int length) {
      return new String(batch.arena(), offset, length, StandardCharsets.ISO_8859_1);
    }
  }
}
