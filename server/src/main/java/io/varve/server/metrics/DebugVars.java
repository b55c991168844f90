package io.varve.server.metrics;

import io.varve.storage.Database;
import io.varve.storage.StoreStats;
import io.varve.storage.Varve;
import java.io.StringWriter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Instant;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The page {@code /debug/vars} in InfluxDB's shape, for those who read it: Telegraf's input {@code
 * influxdb} and dashboards made for it.
 *
 * <p>The names are those of Go's runtime; what the JVM has no equal of is left out.
 */
public final class DebugVars {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator json;

  private DebugVars(JsonGenerator json) {
    this.json = json;
  }

  /** Renders the page; {@code bind} is the address of the HTTP server as InfluxDB shows it. */
  public static String render(ServerMetrics metrics, Varve store, String bind) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      new DebugVars(json).page(metrics, store, bind);
    }
    return text.append('\n').toString();
  }

  private void page(ServerMetrics metrics, Varve store, String bind) {
    json.writeStartObject();
    system(metrics);
    memory();
    for (String name : store.databaseNames().stream().limit(MetricsPage.MAX_DATABASES).toList()) {
      Database database = store.database(name);
      if (database != null) {
        open("database:" + name, "database", Map.of("database", name));
        json.writeNumberProperty("numMeasurements", database.measurementCount());
        json.writeNumberProperty("numSeries", database.seriesCount());
        close();
      }
    }
    http(metrics, bind);
    write(metrics, store.stats());
    queries(metrics);
    udp(metrics);
    json.writeEndObject();
  }

  /** Opens a section and its values. */
  private void open(String key, String name, Map<String, String> tags) {
    json.writeObjectPropertyStart(key);
    json.writeStringProperty("name", name);
    json.writeObjectPropertyStart("tags");
    tags.forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeObjectPropertyStart("values");
  }

  private void close() {
    json.writeEndObject();
    json.writeEndObject();
  }

  private void system(ServerMetrics metrics) {
    Instant now = Instant.now();
    json.writeObjectPropertyStart("system");
    json.writeStringProperty("currentTime", now.toString());
    json.writeStringProperty("started", Instant.ofEpochMilli(metrics.startMillis).toString());
    json.writeNumberProperty("uptime", (now.toEpochMilli() - metrics.startMillis) / 1000);
    json.writeEndObject();
  }

  private void memory() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    long collections = 0;
    long pauseMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      pauseMillis += Math.max(0, collector.getCollectionTime());
    }
    json.writeObjectPropertyStart("memstats");
    json.writeNumberProperty("Alloc", heap.getUsed());
    json.writeNumberProperty("Sys", heap.getCommitted());
    json.writeNumberProperty("HeapAlloc", heap.getUsed());
    json.writeNumberProperty("HeapSys", heap.getCommitted());
    json.writeNumberProperty("HeapInuse", heap.getUsed());
    json.writeNumberProperty("HeapIdle", heap.getCommitted() - heap.getUsed());
    json.writeNumberProperty("NumGC", collections);
    json.writeNumberProperty("PauseTotalNs", pauseMillis * 1_000_000);
    json.writeEndObject();
    open("runtime", "runtime", Map.of());
    json.writeNumberProperty("Alloc", heap.getUsed());
    json.writeNumberProperty("Sys", heap.getCommitted());
    json.writeNumberProperty("HeapAlloc", heap.getUsed());
    json.writeNumberProperty("HeapSys", heap.getCommitted());
    json.writeNumberProperty("HeapInUse", heap.getUsed());
    json.writeNumberProperty("HeapIdle", heap.getCommitted() - heap.getUsed());
    json.writeNumberProperty("NumGC", collections);
    json.writeNumberProperty("NumGoroutine", ManagementFactory.getThreadMXBean().getThreadCount());
    json.writeNumberProperty("PauseTotalNs", pauseMillis * 1_000_000);
    close();
  }

  private void http(ServerMetrics metrics, String bind) {
    open("httpd:" + bind, "httpd", Map.of("bind", bind));
    json.writeNumberProperty("clientError", metrics.clientErrors.sum());
    json.writeNumberProperty("pingReq", metrics.pings.sum());
    json.writeNumberProperty("pointsWrittenDropped", metrics.http.droppedPoints.sum());
    json.writeNumberProperty("pointsWrittenFail", metrics.http.failedLines.sum());
    json.writeNumberProperty("pointsWrittenOK", metrics.http.points.sum());
    json.writeNumberProperty("queryReq", metrics.queries.sum());
    json.writeNumberProperty("queryReqDurationNs", metrics.queryDurations.snapshot().sumNanos());
    json.writeNumberProperty("queryRespBytes", metrics.bytesSent.sum());
    json.writeNumberProperty("req", metrics.requests.sum());
    json.writeNumberProperty("reqActive", metrics.activeRequests.sum());
    json.writeNumberProperty("serverError", metrics.serverErrors.sum());
    json.writeNumberProperty("writeReq", metrics.writes.sum());
    json.writeNumberProperty("writeReqActive", metrics.activeWrites.sum());
    json.writeNumberProperty("writeReqBytes", metrics.http.bytes.sum());
    json.writeNumberProperty("writeReqDurationNs", metrics.writeDurations.snapshot().sumNanos());
    close();
  }

  private void write(ServerMetrics metrics, StoreStats stats) {
    long dropped = 0;
    long batches = 0;
    long failed = 0;
    for (DoorCounters door : metrics.doors()) {
      dropped += door.droppedPoints.sum();
      batches += door.batches.sum();
      failed += door.failedBatches.sum();
    }
    open("write", "write", Map.of());
    json.writeNumberProperty("pointReq", stats.storedRows() + stats.droppedRows());
    json.writeNumberProperty("pointReqLocal", stats.storedRows() + stats.droppedRows());
    json.writeNumberProperty("req", batches + failed);
    json.writeNumberProperty("writeDrop", dropped);
    json.writeNumberProperty("writeError", failed);
    json.writeNumberProperty("writeOk", batches);
    json.writeNumberProperty("writePartial", metrics.partialWrites.sum());
    json.writeNumberProperty("writeTimeout", 0);
    close();
  }

  private void queries(ServerMetrics metrics) {
    long active = metrics.activeQueries.sum();
    long begun = metrics.queries.sum();
    open("queryExecutor", "queryExecutor", Map.of());
    json.writeNumberProperty("queriesActive", active);
    json.writeNumberProperty("queriesExecuted", begun);
    json.writeNumberProperty("queriesFinished", Math.max(0, begun - active));
    json.writeNumberProperty("queryDurationNs", metrics.queryDurations.snapshot().sumNanos());
    json.writeNumberProperty("recoveredPanics", 0);
    close();
  }

  private void udp(ServerMetrics metrics) {
    open("udp", "udp", Map.of());
    json.writeNumberProperty("batchesTx", metrics.udp.batches.sum());
    json.writeNumberProperty("batchesTxFail", metrics.udp.failedBatches.sum());
    json.writeNumberProperty("bytesRx", metrics.udp.bytes.sum());
    json.writeNumberProperty("pointsParseFail", metrics.udp.failedLines.sum());
    json.writeNumberProperty("pointsRx", metrics.udp.points.sum());
    json.writeNumberProperty("pointsTx", metrics.udp.points.sum());
    close();
  }
}
