package io.varve.server.metrics;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests by client, but only while somebody asks for it: otherwise a request costs one
 * look at an empty list. Thread-safe.
 */
public final class RequestTracker {
  /** Profiles at once. */
  public static final int MAX_PROFILES = 16;

  /** Clients in a profile; those that come later are not counted. */
  static final int MAX_CLIENTS = 1_000;

  /** What a client has done. */
  private record Counts(LongAdder writes, LongAdder queries) {}

  /** The requests between its making and its end. */
  public static final class Profile {
    private final Map<String, Counts> clients = new ConcurrentHashMap<>();

    private Counts of(String client) {
      Counts known = clients.get(client);
      if (known != null || clients.size() >= MAX_CLIENTS) {
        return known == null ? new Counts(new LongAdder(), new LongAdder()) : known;
      }
      return clients.computeIfAbsent(client, added -> new Counts(new LongAdder(), new LongAdder()));
    }

    /** InfluxDB's JSON: writes and queries by client. */
    public String toJson() {
      StringBuilder text = new StringBuilder("{");
      new TreeMap<>(clients)
          .forEach(
              (client, counts) ->
                  text.append(text.length() > 1 ? "," : "")
                      .append("\n\"")
                      .append(client)
                      .append("\": {\"writes\":")
                      .append(counts.writes().sum())
                      .append(",\"queries\":")
                      .append(counts.queries().sum())
                      .append('}'));
      return text.append("\n}\n").toString();
    }
  }

  private final List<Profile> profiles = new CopyOnWriteArrayList<>();

  /** Starts counting; null if too many count already. The caller calls {@link #end}. */
  public synchronized @Nullable Profile begin() {
    if (profiles.size() >= MAX_PROFILES) {
      return null;
    }
    Profile profile = new Profile();
    profiles.add(profile);
    return profile;
  }

  public void end(Profile profile) {
    profiles.remove(profile);
  }

  /** Whether anybody wants to know. */
  public boolean isActive() {
    return !profiles.isEmpty();
  }

  /** Counts a write of a client, given by its address. */
  public void addWrite(String client) {
    profiles.forEach(profile -> profile.of(client).writes().increment());
  }

  /** Counts a query of a client, given by its address. */
  public void addQuery(String client) {
    profiles.forEach(profile -> profile.of(client).queries().increment());
  }
}
