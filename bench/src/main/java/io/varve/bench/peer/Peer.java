package io.varve.bench.peer;

import java.util.List;
import java.util.Map;

/**
 * How one kind of server is started, written to and asked.
 *
 * @param name what it is called in tables
 * @param version of the program
 * @param durability what holds when a write is acknowledged
 * @param command the program and its arguments; {@code {data}} and {@code {work}} stand for
 *     directories. It must stay in the foreground
 * @param environment variables for it
 * @param files names and texts of files in {@code {work}}; the placeholders work there too
 * @param httpPort where it listens on loopback
 * @param tcpPort where it takes line protocol over plain TCP; 0 for nowhere
 * @param readyTarget a GET that succeeds once it takes requests
 * @param setup POSTs before the first write
 * @param writeTarget where bodies are posted
 * @param dialects the languages it is asked in, the most natural one first
 * @param settleSeconds how long its background work may take to begin
 * @param idleCores what it burns when it has nothing to do, and a bit more
 * @param loadedOnce whether loading takes so long that further rounds leave it out
 */
public record Peer(
    String name,
    String version,
    String durability,
    List<String> command,
    Map<String, String> environment,
    Map<String, String> files,
    int httpPort,
    int tcpPort,
    String readyTarget,
    List<String> setup,
    String writeTarget,
    BodyFormat format,
    List<Dialect> dialects,
    int settleSeconds,
    double idleCores,
    boolean loadedOnce) {

  /** The same server elsewhere. */
  Peer at(int otherHttpPort, int otherTcpPort) {
    return new Peer(
        name,
        version,
        durability,
        command,
        environment,
        files,
        otherHttpPort,
        otherTcpPort,
        readyTarget,
        setup,
        writeTarget,
        format,
        dialects,
        settleSeconds,
        idleCores,
        loadedOnce);
  }
}
