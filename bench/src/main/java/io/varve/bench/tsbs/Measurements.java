package io.varve.bench.tsbs;

import java.util.List;
import java.util.SplittableRandom;

/** The nine measurements of TSBS's devops case, 101 fields, with TSBS's names and distributions. */
final class Measurements {
  /** The one that the questions are about. */
  static final Measurement CPU =
      new Measurement.Builder("cpu")
          .fields(
              Walk.clamped(0, 1, 0, 100, Double.NaN),
              "usage_user usage_system usage_idle usage_nice usage_iowait usage_irq usage_softirq"
                  + " usage_steal usage_guest usage_guest_nice")
          .build();

  private static final double GIB = 1 << 30;
  private static final double TIB = 1024 * GIB;
  private static final Walk LOAD = Walk.clamped(5, 1, 0, 100, 0);
  private static final Walk BUSY = Walk.clamped(5, 1, 0, 1000, 0);
  private static final Walk CROWD = Walk.clamped(50, 1, 0, 10_000, 0);
  private static final Walk MEMORY = Walk.clamped(50, 1, 0, 16 * GIB, 8 * GIB);
  private static final Walk FREE = new Walk(Walk.Kind.FREE, 1, 1, 0, 0, 1);

  private static final Measurement DISKIO =
      new Measurement.Builder(
              "diskio",
              random ->
                  List.of("serial", digits(random) + "-" + digits(random) + "-" + digits(random)))
          .fields(Walk.rising(50), "reads writes")
          .fields(Walk.rising(100), "read_bytes write_bytes")
          .fields(Walk.rising(5), "read_time write_time io_time")
          .build();

  /** One walk: the bytes that are free. */
  private static final Measurement DISK =
      new Measurement(
          "disk",
          List.of(
              "total",
              "free",
              "used",
              "used_percent",
              "inodes_total",
              "inodes_free",
              "inodes_used"),
          List.of(true, true, true, true, true, true, true),
          List.of(Walk.clamped(50, 1, 0, TIB, TIB / 2)),
          Measurements::showDisk,
          random ->
              List.of(
                  "path",
                  "/dev/sda" + random.nextInt(10),
                  "fstype",
                  List.of("ext3", "ext4", "btrfs").get(random.nextInt(3))));

  private static final Measurement KERNEL =
      new Measurement.Builder("kernel")
          .fields(Walk.constantIn(0, 240), "boot_time")
          .fields(
              Walk.rising(5),
              "interrupts context_switches processes_forked disk_pages_in disk_pages_out")
          .build();

  /** Parts of the whole: used, cached, buffered; and the whole. */
  private static final Measurement MEM =
      new Measurement(
          "mem",
          List.of(
              "total",
              "available",
              "used",
              "free",
              "cached",
              "buffered",
              "used_percent",
              "available_percent",
              "buffered_percent"),
          List.of(true, true, true, true, true, true, false, false, false),
          List.of(
              Walk.clamped(0, 1 / 64.0, 0, 1, Double.NaN),
              Walk.clamped(0, 1 / 64.0, 0, 1, Double.NaN),
              Walk.clamped(0, 1 / 64.0, 0, 1, Double.NaN),
              Walk.constantIn(0, 4)),
          Measurements::showMemory,
          Measurement.NO_TAGS);

  private static final Measurement NET =
      new Measurement.Builder("net", random -> List.of("interface", "eth" + random.nextInt(4)))
          .fields(Walk.rising(50), "bytes_sent bytes_recv packets_sent packets_recv")
          .fields(Walk.rising(5), "err_in err_out drop_in drop_out")
          .build();

  private static final Measurement NGINX =
      new Measurement.Builder("nginx", random -> portAndServer("nginx", random))
          .fields(Walk.rising(5), "accepts")
          .fields(LOAD, "active")
          .fields(Walk.rising(5), "handled")
          .fields(LOAD, "reading")
          .fields(Walk.rising(5), "requests")
          .fields(LOAD, "waiting writing")
          .build();

  private static final Measurement POSTGRESQL =
      new Measurement.Builder("postgresl") // as TSBS spells it
          .fields(
              BUSY,
              "numbackends xact_commit xact_rollback blks_read blks_hit tup_returned tup_fetched"
                  + " tup_inserted tup_updated tup_deleted conflicts temp_files")
          .fields(Walk.clamped(1024, 1, 0, GIB, 0), "temp_bytes")
          .fields(BUSY, "deadlocks blk_read_time blk_write_time")
          .build();

  private static final Measurement REDIS =
      new Measurement.Builder("redis", random -> portAndServer("redis", random))
          .fields(new Walk(Walk.Kind.SECONDS, 0, 0, 0, 0, 0), "uptime_in_seconds")
          .fields(Walk.rising(5), "total_connections_received")
          .fields(Walk.rising(50), "expired_keys evicted_keys keyspace_hits keyspace_misses")
          .fields(
              FREE, "instantaneous_ops_per_sec instantaneous_input_kbps instantaneous_output_kbps")
          .fields(CROWD, "connected_clients")
          .fields(MEMORY, "used_memory used_memory_rss used_memory_peak used_memory_lua")
          .fields(CROWD, "rdb_changes_since_last_save")
          .fields(
              BUSY,
              "sync_full sync_partial_ok sync_partial_err pubsub_channels pubsub_patterns"
                  + " latest_fork_usec connected_slaves master_repl_offset repl_backlog_active"
                  + " repl_backlog_size repl_backlog_histlen")
          .fields(LOAD, "mem_fragmentation_ratio")
          .fields(BUSY, "used_cpu_sys used_cpu_user used_cpu_sys_children used_cpu_user_children")
          .build();

  static final List<Measurement> DEVOPS =
      List.of(CPU, DISKIO, DISK, KERNEL, MEM, NET, NGINX, POSTGRESQL, REDIS);

  private Measurements() {}

  private static void showDisk(double[] walks, double[] values) {
    double free = Math.floor(walks[0]);
    values[0] = TIB;
    values[1] = free;
    values[2] = TIB - free;
    values[3] = Math.floor(100 * (TIB - free) / TIB);
    values[4] = TIB / 4096;
    values[5] = Math.floor(free / 4096);
    values[6] = values[4] - values[5];
  }

  private static void showMemory(double[] walks, double[] values) {
    double total = (8 + 4 * Math.floor(walks[3])) * GIB;
    double used = Math.floor(walks[0] * total);
    double buffered = Math.floor(walks[2] * total);
    values[0] = total;
    values[1] = total - used;
    values[2] = used;
    values[3] = total - used;
    values[4] = Math.floor(walks[1] * total);
    values[5] = buffered;
    values[6] = 100 * used / total;
    values[7] = 100 * (total - used) / total;
    values[8] = 100 * buffered / total;
  }

  private static String digits(SplittableRandom random) {
    return String.valueOf(100 + random.nextInt(900));
  }

  private static List<String> portAndServer(String name, SplittableRandom random) {
    return List.of(
        "port",
        String.valueOf(1024 + random.nextInt(20_000)),
        "server",
        name + "_" + random.nextInt(100_000));
  }
}
