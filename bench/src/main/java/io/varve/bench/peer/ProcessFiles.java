package io.varve.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What Linux's {@code /proc} says about a process and all its descendants. A process that ends
 * while it is read counts as nothing. Thread-safe.
 */
public final class ProcessFiles {
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 everywhere

  private final Path root;

  /** Reads {@code /proc}. */
  public ProcessFiles() {
    this(Path.of("/proc"));
  }

  ProcessFiles(Path root) {
    this.root = root;
  }

  /**
   * What a process tree has and had.
   *
   * @param cpuNanos used so far, with that of children that have ended
   * @param residentBytes in memory now, mapped files included
   * @param anonymousBytes in memory now, without files
   * @param peakResidentBytes the most that each process had, added up
   */
  public record Usage(
      long cpuNanos, long residentBytes, long anonymousBytes, long peakResidentBytes) {}

  /** What the process and its descendants use. */
  public Usage usage(long pid) throws IOException {
    long cpuNanos = 0;
    long resident = 0;
    long anonymous = 0;
    long peak = 0;
    for (long each : tree(pid)) {
      String[] stat = statOf(root.resolve(String.valueOf(each)));
      if (stat.length == 0) {
        continue;
      }
      for (int field = 11; field <= 14; field++) { // utime, stime, cutime, cstime
        cpuNanos += Long.parseLong(stat[field]) * NANOS_PER_TICK;
      }
      Map<String, Long> status = statusOf(each);
      resident += status.getOrDefault("VmRSS", 0L);
      anonymous += status.getOrDefault("RssAnon", 0L);
      peak += status.getOrDefault("VmHWM", 0L);
    }
    return new Usage(cpuNanos, resident, anonymous, peak);
  }

  /** The process and its descendants, ancestors first. */
  List<Long> tree(long pid) throws IOException {
    Map<Long, Long> parents = new HashMap<>();
    try (Stream<Path> entries = Files.list(root)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (name.chars().allMatch(Character::isDigit)) {
          String[] stat = statOf(entry);
          if (stat.length > 0) {
            parents.put(Long.valueOf(name), Long.valueOf(stat[1]));
          }
        }
      }
    }
    List<Long> found = new ArrayList<>();
    Set<Long> generation = parents.containsKey(pid) ? Set.of(pid) : Set.of();
    while (!generation.isEmpty()) {
      found.addAll(generation);
      Set<Long> children = new HashSet<>();
      for (Map.Entry<Long, Long> entry : parents.entrySet()) {
        if (generation.contains(entry.getValue())) {
          children.add(entry.getKey());
        }
      }
      generation = children;
    }
    return found;
  }

  /** The fields of {@code stat} behind the name, the state first; empty if the process is gone. */
  private static String[] statOf(Path process) throws IOException {
    String stat = readIfThere(process.resolve("stat"));
    int end = stat.lastIndexOf(')'); // names may have blanks and parentheses
    return end < 0 ? new String[0] : stat.substring(end + 2).strip().split(" ", -1);
  }

  /** The sizes in {@code status}, in bytes. */
  private Map<String, Long> statusOf(long pid) throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    readIfThere(root.resolve(pid + "/status"))
        .lines()
        .filter(line -> line.endsWith(" kB"))
        .forEach(
            line -> {
              String[] parts = line.split("[:\\s]+", -1);
              sizes.put(parts[0], Long.parseLong(parts[1]) * 1024);
            });
    return sizes;
  }

  private static String readIfThere(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) {
        return "";
      }
      throw e;
    }
  }
}
