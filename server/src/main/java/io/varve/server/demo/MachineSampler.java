package io.varve.server.demo;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples CPU, memory, disk and network of this machine and the JVM itself.
 *
 * <p>From {@code /proc} where there is one, else what the platform's beans tell. Shares and rates
 * are relative to the sample before. For one thread.
 */
final class MachineSampler {
  private static final Path PROC = Path.of("/proc");
  private static final int SECTOR_BYTES = 512;

  private final Map<String, long[]> lastCpu = new HashMap<>();

  /** One sample of everything as line protocol in milliseconds. */
  String sample(long timestampMillis) throws IOException {
    LineBuilder lines = new LineBuilder();
    if (Files.isReadable(PROC.resolve("stat"))) {
      sampleCpu(lines, timestampMillis);
      sampleMemory(lines, timestampMillis);
      sampleDisks(lines, timestampMillis);
      sampleNetwork(lines, timestampMillis);
    } else {
      samplePortably(lines, timestampMillis);
    }
    sampleDiskSpace(lines, timestampMillis);
    sampleJvm(lines, timestampMillis);
    return lines.take();
  }

  private void sampleCpu(LineBuilder lines, long millis) throws IOException {
    for (String line : Files.readAllLines(PROC.resolve("stat"))) {
      String[] words = line.split("\\s+");
      if (!words[0].startsWith("cpu") || words.length < 8) {
        continue;
      }
      long[] now = new long[7];
      long total = 0;
      for (int i = 0; i < now.length; i++) {
        now[i] = Long.parseLong(words[i + 1]);
        total += now[i];
      }
      long[] before = lastCpu.put(words[0], now);
      if (before == null) {
        continue;
      }
      long elapsed = total;
      for (long ticks : before) {
        elapsed -= ticks;
      }
      if (elapsed <= 0) {
        continue;
      }
      double percent = 100.0 / elapsed;
      lines
          .point("cpu", "cpu", words[0].equals("cpu") ? "total" : words[0])
          .field("usage_user", (now[0] + now[1] - before[0] - before[1]) * percent)
          .field("usage_system", (now[2] - before[2]) * percent)
          .field("usage_idle", (now[3] - before[3]) * percent)
          .field("usage_iowait", (now[4] - before[4]) * percent)
          .end(millis);
    }
  }

  private static void sampleMemory(LineBuilder lines, long millis) throws IOException {
    Map<String, Long> kilobytes = new HashMap<>();
    for (String line : Files.readAllLines(PROC.resolve("meminfo"))) {
      String[] words = line.split("[:\\s]+");
      if (words.length >= 2) {
        kilobytes.put(words[0], Long.parseLong(words[1]));
      }
    }
    long total = kilobytes.getOrDefault("MemTotal", 0L) * 1024;
    long available = kilobytes.getOrDefault("MemAvailable", 0L) * 1024;
    lines
        .point("mem")
        .field("total", total)
        .field("available", available)
        .field("used_percent", 100.0 * (total - available) / total)
        .end(millis);
  }

  private static void sampleDisks(LineBuilder lines, long millis) throws IOException {
    Path stats = PROC.resolve("diskstats");
    if (!Files.isReadable(stats)) {
      return;
    }
    for (String line : Files.readAllLines(stats)) {
      String[] words = line.strip().split("\\s+");
      boolean idle = words.length < 14 || (words[3].equals("0") && words[7].equals("0"));
      if (!idle && !words[2].startsWith("loop") && !words[2].startsWith("ram")) {
        lines
            .point("diskio", "name", words[2])
            .field("reads", Long.parseLong(words[3]))
            .field("read_bytes", Long.parseLong(words[5]) * SECTOR_BYTES)
            .field("writes", Long.parseLong(words[7]))
            .field("write_bytes", Long.parseLong(words[9]) * SECTOR_BYTES)
            .end(millis);
      }
    }
  }

  private static void sampleNetwork(LineBuilder lines, long millis) throws IOException {
    Path stats = PROC.resolve("net/dev");
    if (!Files.isReadable(stats)) {
      return;
    }
    List<String> all = Files.readAllLines(stats);
    for (String line : all.subList(Math.min(2, all.size()), all.size())) {
      String[] words = line.strip().split("[:\\s]+");
      if (words.length >= 11) {
        lines
            .point("net", "interface", words[0])
            .field("bytes_recv", Long.parseLong(words[1]))
            .field("packets_recv", Long.parseLong(words[2]))
            .field("bytes_sent", Long.parseLong(words[9]))
            .field("packets_sent", Long.parseLong(words[10]))
            .end(millis);
      }
    }
  }

  private static void samplePortably(LineBuilder lines, long millis) {
    var system = ManagementFactory.getOperatingSystemMXBean();
    lines.point("system").field("load1", system.getSystemLoadAverage()).end(millis);
    if (system instanceof com.sun.management.OperatingSystemMXBean bean) {
      double busy = bean.getCpuLoad() * 100;
      lines.point("cpu", "cpu", "total").field("usage_idle", 100 - busy).end(millis);
      lines
          .point("mem")
          .field("total", bean.getTotalMemorySize())
          .field("available", bean.getFreeMemorySize())
          .end(millis);
    }
  }

  private static void sampleDiskSpace(LineBuilder lines, long millis) throws IOException {
    FileStore here = Files.getFileStore(Path.of("").toAbsolutePath());
    lines
        .point("disk")
        .field("total", here.getTotalSpace())
        .field("free", here.getUsableSpace())
        .end(millis);
  }

  private static void sampleJvm(LineBuilder lines, long millis) {
    var memory = ManagementFactory.getMemoryMXBean();
    long collections = 0;
    long collectionMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      collectionMillis += Math.max(0, collector.getCollectionTime());
    }
    lines
        .point("jvm")
        .field("heap_used", memory.getHeapMemoryUsage().getUsed())
        .field("heap_committed", memory.getHeapMemoryUsage().getCommitted())
        .field("threads", ManagementFactory.getThreadMXBean().getThreadCount())
        .field("classes", ManagementFactory.getClassLoadingMXBean().getLoadedClassCount())
        .field("gc_count", collections)
        .field("gc_millis", collectionMillis)
        .end(millis);
  }
}
