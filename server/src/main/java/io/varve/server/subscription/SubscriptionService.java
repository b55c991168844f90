package io.varve.server.subscription;

import io.varve.query.StatsRow;
import io.varve.query.Subscription;
import io.varve.query.Subscriptions;
import io.varve.server.metrics.ServerMetrics;
import io.varve.storage.Database;
import io.varve.storage.Varve;
import io.varve.storage.WriteListener;
import io.varve.storage.model.PointBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Passes on to subscribers whatever is stored, whichever door it came through. Thread-safe.
 *
 * <p>A batch is printed once, by the thread that writes it, before it is stored; when it is, the
 * lines go into the queue of each subscription of its policy. Without subscriptions a batch costs a
 * look into a map. Points of the batch that were refused go along, as in InfluxDB.
 */
public final class SubscriptionService implements WriteListener, AutoCloseable {
  /** The subscriptions of a database as they were last seen. */
  private record Seen(SortedMap<String, byte[]> version, List<Forwarder> forwarders) {}

  private final Varve store;
  private final ServerMetrics metrics;
  private final HttpClients clients = new HttpClients();
  private final ThreadLocal<LinePrinter> printers = ThreadLocal.withInitial(LinePrinter::new);
  private final Map<Database, Seen> seen = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private SubscriptionService(Varve store, ServerMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  /** Starts to pass on; closed before the store. */
  public static SubscriptionService start(Varve store, ServerMetrics metrics) {
    SubscriptionService service = new SubscriptionService(store, metrics);
    store.listenToWrites(service);
    return service;
  }

  @Override
  public @Nullable Runnable offer(Database database, String policy, PointBatch batch) {
    SortedMap<String, byte[]> version = Subscriptions.version(database);
    if (version.isEmpty() || closed) {
      return null;
    }
    List<Forwarder> receivers = new ArrayList<>();
    for (Forwarder each : forwarders(database, version)) {
      if (each.subscription().policy().equals(policy)) {
        receivers.add(each);
      }
    }
    if (receivers.isEmpty()) {
      return null;
    }
    LinePrinter printer = printers.get();
    printer.print(batch);
    Forwarder.Lines lines = new Forwarder.Lines(printer.toBytes(), printer.lines());
    return lines.points() == 0 ? null : () -> receivers.forEach(each -> each.offer(lines));
  }

  private List<Forwarder> forwarders(Database database, SortedMap<String, byte[]> version) {
    Seen known = seen.get(database);
    return known != null && known.version() == version
        ? known.forwarders()
        : look(database).forwarders();
  }

  /** Starts what is new, ends what is gone. */
  private synchronized Seen look(Database database) {
    SortedMap<String, byte[]> version = Subscriptions.version(database);
    Seen before = seen.get(database);
    List<Forwarder> old = before == null ? List.of() : before.forwarders();
    List<Forwarder> now = new ArrayList<>();
    if (!closed) {
      for (Subscription each : Subscriptions.list(database)) {
        now.add(
            old.stream()
                .filter(forwarder -> forwarder.subscription().equals(each) && !forwarder.isClosed())
                .findFirst()
                .orElseGet(() -> start(database, each)));
      }
    }
    old.stream().filter(each -> !now.contains(each)).forEach(Forwarder::close);
    Seen result = new Seen(version, List.copyOf(now));
    if (now.isEmpty()) {
      seen.remove(database);
    } else {
      seen.put(database, result);
    }
    return result;
  }

  private Forwarder start(Database database, Subscription subscription) {
    return new Forwarder(
        subscription,
        clients,
        metrics.subscribedPoints,
        metrics.failedSubscriptionWrites,
        () -> exists(database, subscription));
  }

  /** Without writes nobody else would notice that a subscription or its database was dropped. */
  private boolean exists(Database database, Subscription subscription) {
    boolean there =
        store.database(database.name()) == database
            && Subscriptions.list(database).contains(subscription);
    if (!there) {
      look(database);
    }
    return there;
  }

  /** What SHOW STATS says: all together, then each destination. */
  public List<StatsRow> stats() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("createFailures", 0L);
    values.put("pointsWritten", metrics.subscribedPoints.sum());
    values.put("writeFailures", metrics.failedSubscriptionWrites.sum());
    List<StatsRow> rows = new ArrayList<>();
    rows.add(new StatsRow("subscriber", Map.of(), values));
    seen.values().forEach(each -> each.forwarders().forEach(f -> rows.addAll(f.stats())));
    return rows;
  }

  /** Stops; what waits is dropped. */
  @Override
  public void close() {
    store.listenToWrites(null);
    closed = true;
    seen.keySet().forEach(this::look);
  }
}
