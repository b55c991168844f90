package io.varve.server.metrics;

import io.varve.storage.Database;
import io.varve.storage.Health;
import io.varve.storage.StoreStats;
import io.varve.storage.Varve;
import io.varve.storage.model.RefusedSeries;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.function.ToLongFunction;

/** The page {@code /metrics}: the server's own figures for Prometheus. */
public final class MetricsPage {
  /** The type of the page. */
  public static final String CONTENT_TYPE = PrometheusText.CONTENT_TYPE;

  /** Databases whose figures are shown one by one, first by name. */
  static final int MAX_DATABASES = 1_000;

  private final PrometheusText page = new PrometheusText();

  private MetricsPage() {}

  public static String render(ServerMetrics metrics, Varve store) {
    MetricsPage page = new MetricsPage();
    page.ingest(metrics);
    page.http(metrics);
    page.queries(metrics);
    page.storage(store.stats(), store.health());
    page.databases(store);
    page.process(metrics);
    return page.page.toString();
  }

  private void ingest(ServerMetrics metrics) {
    doors("varve_points_written_total", "Points stored.", metrics, door -> door.points.sum());
    doors(
        "varve_values_written_total",
        "Field values in batches given to the engine.",
        metrics,
        door -> door.values.sum());
    doors(
        "varve_ingest_bytes_total",
        "Bytes received, before inflating.",
        metrics,
        door -> door.bytes.sum());
    doors(
        "varve_ingest_failed_lines_total",
        "Lines that could not be parsed.",
        metrics,
        door -> door.failedLines.sum());
    doors(
        "varve_ingest_dropped_points_total",
        "Well-formed points that were not stored.",
        metrics,
        door -> door.droppedPoints.sum());
    doors(
        "varve_ingest_failed_batches_total",
        "Batches the engine refused or failed at.",
        metrics,
        door -> door.failedBatches.sum());
    page.counter(
        "varve_udp_dropped_packets_total",
        "Packets thrown away because storing did not keep up.",
        metrics.udp.droppedPackets.sum());
    page.counter(
        "varve_tcp_connections_total",
        "Connections for line protocol accepted.",
        metrics.tcp.connections.sum());
    page.counter(
        "varve_tcp_refused_connections_total",
        "Connections for line protocol turned away.",
        metrics.tcp.refusedConnections.sum());
    page.counter(
        "varve_subscribed_points_total",
        "Points that subscribers have taken.",
        metrics.subscribedPoints.sum());
    page.counter(
        "varve_failed_subscription_writes_total",
        "Batches that subscribers did not take, or that did not fit their queues.",
        metrics.failedSubscriptionWrites.sum());
    page.counter(
        "varve_remote_write_refused_histograms_total",
        "Native histograms refused.",
        metrics.refusedHistograms.sum());
    page.counter(
        "varve_remote_write_ignored_exemplars_total",
        "Exemplars passed over.",
        metrics.ignoredExemplars.sum());
    page.begin("varve_write_errors_total", "counter", "Writes over HTTP refused, by reason.");
    for (WriteError kind : WriteError.values()) {
      page.sample("kind", kind.label(), metrics.writeErrors(kind));
    }
    page.histogram(
        "varve_write_duration_seconds",
        "Writes over HTTP, from head to answer.",
        metrics.writeDurations.snapshot());
  }

  private void doors(
      String name, String help, ServerMetrics metrics, ToLongFunction<DoorCounters> count) {
    page.begin(name, "counter", help)
        .sample("door", "http", count.applyAsLong(metrics.http))
        .sample("door", "remote_write", count.applyAsLong(metrics.remoteWrite))
        .sample("door", "tcp", count.applyAsLong(metrics.tcp))
        .sample("door", "udp", count.applyAsLong(metrics.udp));
  }

  private void http(ServerMetrics metrics) {
    page.counter("varve_http_requests_total", "Requests.", metrics.requests.sum());
    page.gauge(
        "varve_http_active_requests", "Requests being answered.", metrics.activeRequests.sum());
    page.counter(
        "varve_http_client_errors_total", "Answers with status 4xx.", metrics.clientErrors.sum());
    page.counter(
        "varve_http_server_errors_total", "Answers with status 5xx.", metrics.serverErrors.sum());
    page.counter("varve_http_sent_bytes_total", "Bytes of bodies sent.", metrics.bytesSent.sum());
    page.counter(
        "varve_http_connections_total", "Connections accepted.", metrics.connections.sum());
    page.gauge("varve_http_active_connections", "Connections.", metrics.activeConnections.sum());
    page.counter(
        "varve_http_refused_connections_total",
        "Connections turned away because there were too many.",
        metrics.refusedConnections.sum());
  }

  private void queries(ServerMetrics metrics) {
    page.counter("varve_queries_total", "Queries begun.", metrics.queries.sum());
    page.gauge("varve_active_queries", "Queries running.", metrics.activeQueries.sum());
    page.counter(
        "varve_query_failures_total",
        "Queries that did not parse or that failed as a whole.",
        metrics.failedQueries.sum());
    page.counter(
        "varve_abandoned_queries_total",
        "Queries whose client left.",
        metrics.abandonedQueries.sum());
    page.counter("varve_remote_reads_total", "Remote reads begun.", metrics.remoteReads.sum());
    page.counter(
        "varve_remote_read_failures_total",
        "Remote reads that failed.",
        metrics.failedRemoteReads.sum());
    page.histogram(
        "varve_query_duration_seconds",
        "Queries, from the start on a thread to the last byte.",
        metrics.queryDurations.snapshot());
  }

  private void storage(StoreStats stats, Health health) {
    page.gauge("varve_writable", "1 if writes are taken, else 0.", health.writable() ? 1 : 0);
    page.counter("varve_commits_total", "Commits.", stats.commits());
    page.histogram(
        "varve_commit_duration_seconds",
        "Commits of writes, from begin to visible.",
        stats.commitDurations());
    page.histogram("varve_log_sync_duration_seconds", "Syncs of the log.", stats.syncDurations());
    page.counter(
        "varve_rejected_batches_total",
        "Batches refused because too much was waiting.",
        stats.rejectedBatches());
    page.gauge("varve_queued_bytes", "Heap of batches awaiting commit.", stats.queuedBytes());
    page.gauge("varve_head_bytes", "Heap of rows not yet in chunks.", stats.headBytes());
    page.gauge("varve_head_budget_bytes", "What the head is kept below.", stats.headBudgetBytes());
    page.gauge("varve_log_bytes", "Log since the last checkpoint.", stats.logBytes());
    page.gauge("varve_cache_bytes", "Native memory of blocks and memtables.", stats.cacheBytes());
    page.gauge(
        "varve_chunk_cache_bytes",
        "Heap held by chunks that were read before.",
        stats.chunkCacheBytes());
    page.begin("varve_file_bytes", "gauge", "Size of files, by content.")
        .sample("content", "chunks", stats.chunkFileBytes())
        .sample("content", "index", stats.indexFileBytes())
        .sample("content", "log", stats.logFileBytes());
    page.begin("varve_shards", "gauge", "Shards, by whether they need compaction.")
        .sample("state", "clean", stats.cleanShards())
        .sample("state", "dirty", stats.dirtyShards());
    page.gauge("varve_tombstones", "Deletes not yet made final, per shard.", stats.tombstones());
    page.counter(
        "varve_compacted_chunks_total",
        "Chunks that compactions replaced or removed.",
        stats.chunksRewritten());
    page.counter(
        "varve_quarantined_chunks_total",
        "Chunks that could not be read back.",
        health.quarantinedCount());
    page.gauge(
        "varve_damaged_log_records",
        "Log records that could not be read back at the start.",
        health.damagedLogRecords());
    page.gauge(
        "varve_damaged_tables",
        "1 if a damaged table stops writes for good, else 0.",
        health.damagedTable() == null ? 0 : 1);
    page.gauge("varve_open_readers", "Readers and cursors open.", stats.openReaders());
    page.gauge(
        "varve_head_retained_bytes",
        "Heap held by rows that are in chunks, for readers that began before.",
        stats.retainedBytes());
    page.counter(
        "varve_reader_views_given_up_total",
        "Readers that lost their moment because readers held too much.",
        stats.viewsGivenUp());
    page.gauge("varve_series", "Series in all databases.", stats.series());
    RefusedSeries refused = stats.refusedSeries();
    page.begin("varve_refused_series_total", "counter", "New series refused, by limit.")
        .sample("limit", "series_per_database", refused.byMaxSeries())
        .sample("limit", "values_per_tag", refused.byMaxValuesPerTag())
        .sample("limit", "new_series_per_minute", refused.byMaxNewSeriesPerMinute());
  }

  private void databases(Varve store) {
    List<String> names = store.databaseNames();
    page.gauge("varve_databases", "Databases.", names.size());
    page.begin("varve_database_series", "gauge", "Series, by database.");
    names.stream()
        .limit(MAX_DATABASES)
        .forEach(
            name -> {
              Database database = store.database(name);
              if (database != null) {
                page.sample("database", name, database.seriesCount());
              }
            });
  }

  private void process(ServerMetrics metrics) {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    page.gauge("varve_jvm_heap_used_bytes", "Heap in use.", heap.getUsed());
    page.gauge("varve_jvm_heap_committed_bytes", "Heap committed.", heap.getCommitted());
    page.gauge("varve_jvm_heap_max_bytes", "Heap at most.", heap.getMax());
    page.gauge(
        "varve_jvm_threads", "Threads.", ManagementFactory.getThreadMXBean().getThreadCount());
    long collections = 0;
    long collectionMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      collectionMillis += Math.max(0, collector.getCollectionTime());
    }
    page.counter("varve_jvm_gc_collections_total", "Garbage collections.", collections);
    page.begin("varve_jvm_gc_seconds_total", "counter", "Time spent in garbage collections.")
        .sample(collectionMillis / 1e3);
    page.gauge(
        "varve_start_time_seconds",
        "When the server started, since the epoch.",
        metrics.startMillis / 1e3);
  }
}
