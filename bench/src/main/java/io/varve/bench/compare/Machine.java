package io.varve.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What figures depend on besides the programs. */
final class Machine {
  private Machine() {}

  /** One line about the processor, memory, system and JDK, as Linux tells them. */
  static String describe() throws IOException {
    double gib = Long.parseLong(value(Path.of("/proc/meminfo"), "MemTotal").split(" ", 2)[0]);
    return String.format(
        Locale.ROOT,
        "%s, %d processors, %.0f GiB, Linux %s, Java %s",
        value(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        gib / (1 << 20),
        System.getProperty("os.version"),
        Runtime.version());
  }

  /** The load averages of 1, 5 and 15 minutes. */
  static String load() throws IOException {
    String[] parts = Files.readString(Path.of("/proc/loadavg")).split(" ", 4);
    return parts[0] + " " + parts[1] + " " + parts[2];
  }

  private static String value(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("0 unknown");
  }
}
