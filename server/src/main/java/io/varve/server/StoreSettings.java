package io.varve.server;

import io.varve.storage.Durability;
import io.varve.storage.VarveOptions;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How the store is opened: options that all ways to run a server share. */
final class StoreSettings {
  private static final long MIB = 1 << 20;
  private static final VarveOptions DEFAULTS = VarveOptions.defaults();

  @Option(
      names = "--memory-mib",
      paramLabel = "MIB",
      description =
          "Memory for cached blocks, memtables and rows not yet in chunks; 0 for a quarter of the"
              + " machine's (default: ${DEFAULT-VALUE}).")
  long memoryMib;

  @Option(
      names = "--min-free-disk-mib",
      paramLabel = "MIB",
      description =
          "Free space below which the store takes no writes; 0 for 64 (default: ${DEFAULT-VALUE}).")
  long minFreeDiskMib;

  @Option(
      names = "--max-series-per-database",
      paramLabel = "N",
      description =
          "Series beyond which a database refuses new ones; 0 for no limit (default:"
              + " ${DEFAULT-VALUE}).")
  long maxSeriesPerDatabase = DEFAULTS.maxSeriesPerDatabase();

  @Option(
      names = "--max-values-per-tag",
      paramLabel = "N",
      description =
          "Values of a tag of a measurement beyond which new ones are refused; 0 for no limit"
              + " (default: ${DEFAULT-VALUE}).")
  long maxValuesPerTag = DEFAULTS.maxValuesPerTag();

  @Option(
      names = "--max-new-series-per-minute",
      paramLabel = "N",
      description =
          "Series that a database takes anew in a minute; 0 for no limit (default:"
              + " ${DEFAULT-VALUE}).")
  long maxNewSeriesPerMinute = DEFAULTS.maxNewSeriesPerMinute();

  @Option(
      names = "--durability",
      paramLabel = "MODE",
      defaultValue = "always",
      converter = DurabilityConverter.class,
      description =
          "What acknowledged writes to databases created from now on survive: always, none, or"
              + " milliseconds between syncs (default: ${DEFAULT-VALUE}).")
  Durability durability = DEFAULTS.durability();

  @Option(
      names = "--compaction-grace-minutes",
      paramLabel = "MINUTES",
      description =
          "How long after its end a shard is compacted, as late points may come (default:"
              + " ${DEFAULT-VALUE}).")
  long compactionGraceMinutes = DEFAULTS.compactionGrace().toMinutes();

  VarveOptions options() {
    return new VarveOptions(
        memoryMib * MIB,
        DEFAULTS.headBudgetBytes(),
        DEFAULTS.writeQueueBytes(),
        DEFAULTS.checkpointBytes(),
        minFreeDiskMib * MIB,
        maxSeriesPerDatabase,
        maxValuesPerTag,
        maxNewSeriesPerMinute,
        Duration.ofMinutes(compactionGraceMinutes),
        durability,
        DEFAULTS.clock());
  }

  /** Reads {@code always}, {@code none} or a number of milliseconds. */
  static final class DurabilityConverter implements ITypeConverter<Durability> {
    @Override
    public Durability convert(String text) {
      if (text.equals("always")) {
        return Durability.ALWAYS;
      }
      if (text.equals("none")) {
        return Durability.NONE;
      }
      try {
        long millis = Long.parseLong(text);
        if (millis > 0) {
          return Durability.interval(Duration.ofMillis(millis));
        }
      } catch (NumberFormatException e) {
        throw new TypeConversionException("must be always, none or milliseconds: " + text);
      }
      throw new TypeConversionException("must be above 0: " + text);
    }
  }
}
