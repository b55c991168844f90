package io.varve.bench.peer;

import io.varve.bench.peer.ProcessFiles.Usage;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One server of this run: its directories, its process, what that uses.
 *
 * <p>{@link #close} ends the process; should this program end early, a shutdown hook does. One
 * thread, but for the one that looks at memory.
 */
public final class ServerProcess implements AutoCloseable {
  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 60;
  private static final int SETTLE_SECONDS = 90;
  private static final int QUIET_SECONDS = 4;
  private static final int REST_SECONDS = 30;
  private static final int SAMPLE_MILLIS = 250;

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(ServerProcess::endAll));
  }

  private final Peer peer;
  private final Path work;
  private final Path data;
  private final ProcessFiles processes = new ProcessFiles();
  private @Nullable Process process;
  private @Nullable Thread sampler;
  private volatile long peakAnonymousBytes;
  private volatile long peakResidentBytes;

  /**
   * Creates a server that does not run yet.
   *
   * @param work a directory of its own, which {@link #wipe} makes empty
   */
  public ServerProcess(Peer peer, Path work) {
    this.peer = peer;
    this.work = work;
    data = work.resolve("data");
  }

  /** Ends all servers at once and impolitely, for when this program is ended itself. */
  public static void endAll() {
    RUNNING.forEach(Process::destroyForcibly);
    RUNNING.forEach(each -> each.onExit().join());
  }

  public Peer peer() {
    return peer;
  }

  /** Removes what earlier runs have left and prepares a first start. */
  public void wipe() throws IOException {
    Directories.remove(work);
    Files.createDirectories(data);
    for (Map.Entry<String, String> file : peer.files().entrySet()) {
      Files.writeString(work.resolve(file.getKey()), filled(file.getValue()));
    }
  }

  private String filled(String text) {
    return text.replace("{data}", data.toString()).replace("{work}", work.toString());
  }

  /** Starts the server and waits until it takes requests. */
  public void start() throws IOException, InterruptedException {
    requireFree(peer.httpPort());
    if (peer.tcpPort() != 0) {
      requireFree(peer.tcpPort());
    }
    ProcessBuilder builder = new ProcessBuilder(peer.command().stream().map(this::filled).toList());
    builder.environment().putAll(peer.environment());
    builder.directory(work.toFile());
    File log = work.resolve("log").toFile();
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    Process started = builder.start();
    process = started;
    RUNNING.add(started);
    started.getOutputStream().close();
    peakAnonymousBytes = 0;
    peakResidentBytes = 0;
    awaitReady(started);
    Thread thread = new Thread(() -> sample(started.pid()), peer.name() + " memory");
    thread.setDaemon(true);
    thread.start();
    sampler = thread;
  }

  /** Does what must come before the first write. */
  public void setUp() throws IOException {
    try (HttpLink link = new HttpLink(peer.httpPort())) {
      for (String target : peer.setup()) {
        HttpLink.Answer answer = link.post(target);
        if (answer.status() >= 300) {
          throw new IOException(peer.name() + " answered " + target + " with " + answer.text());
        }
      }
    }
  }

  private void requireFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new IOException("port " + port + " for " + peer.name() + " is taken", e);
    }
  }

  private void awaitReady(Process started) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    IOException last = new IOException("no answer yet");
    while (started.isAlive() && System.nanoTime() < deadline) {
      try (HttpLink link = new HttpLink(peer.httpPort())) {
        if (link.get(peer.readyTarget()).status() < 300) {
          return;
        }
      } catch (IOException e) {
        last = e;
      }
      Thread.sleep(20);
    }
    throw new IOException(
        peer.name() + (started.isAlive() ? " does not answer: " : " has ended: ") + logEnd(), last);
  }

  private String logEnd() throws IOException {
    String log = Files.readString(work.resolve("log"), StandardCharsets.ISO_8859_1);
    return log.substring(Math.max(0, log.length() - 1000)).strip();
  }

  private void sample(long pid) {
    while (true) {
      try {
        Usage usage = processes.usage(pid);
        peakAnonymousBytes = Math.max(peakAnonymousBytes, usage.anonymousBytes());
        peakResidentBytes =
            Math.max(peakResidentBytes, Math.max(usage.residentBytes(), usage.peakResidentBytes()));
        Thread.sleep(SAMPLE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException e) {
        throw new IllegalStateException("cannot read /proc", e);
      }
    }
  }

  private Process running() {
    Process current = process;
    if (current == null || !current.isAlive()) {
      throw new IllegalStateException(peer.name() + " does not run; see " + work.resolve("log"));
    }
    return current;
  }

  /** CPU time so far, of all threads and child processes. */
  public long cpuNanos() throws IOException {
    return processes.usage(running().pid()).cpuNanos();
  }

  /** The most memory resident since the start, mapped files included. */
  public long peakResidentBytes() {
    return peakResidentBytes;
  }

  /** The most memory resident since the start that is no file, as looked at now and then. */
  public long peakAnonymousBytes() {
    return peakAnonymousBytes;
  }

  /** Waits, after a start, until the server has been idle for a second, but not for ever. */
  public void awaitRest() throws IOException, InterruptedException {
    long before = cpuNanos();
    for (int second = 0; second < REST_SECONDS; second++) {
      Thread.sleep(1000);
      long now = cpuNanos();
      if (now - before < peer.idleCores() * 1e9) {
        return;
      }
      before = now;
    }
  }

  /**
   * Waits until the server has been idle for some seconds, but not for ever. Background work may
   * begin late, so that servers which do such things are given their time, unless it is to be
   * brief.
   */
  public void settle(boolean brief) throws IOException, InterruptedException {
    long before = cpuNanos();
    int quiet = 0;
    for (int second = 1; second <= SETTLE_SECONDS; second++) {
      Thread.sleep(1000);
      long now = cpuNanos();
      quiet = now - before < peer.idleCores() * 1e9 ? quiet + 1 : 0;
      before = now;
      if (quiet >= (brief ? 1 : QUIET_SECONDS) && (brief || second >= peer.settleSeconds())) {
        return;
      }
    }
  }

  /** Disk blocks that the data takes. */
  public long diskBytes() throws IOException, InterruptedException {
    Process du = new ProcessBuilder(List.of("du", "-s", "--block-size=1", data.toString())).start();
    String text = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (du.waitFor() != 0) {
      throw new IOException("du failed on " + data);
    }
    return Long.parseLong(text.split("\\s", 2)[0]);
  }

  /** Ends the server: politely, and if that does not help, not. */
  @Override
  public void close() {
    if (sampler != null) {
      sampler.interrupt();
      sampler = null;
    }
    Process ending = process;
    if (ending == null) {
      return;
    }
    process = null;
    ending.destroy();
    try {
      if (!ending.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        ending.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      ending.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    RUNNING.remove(ending);
  }
}
