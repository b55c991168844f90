package io.varve.server;

import io.varve.server.demo.Demo;
import io.varve.server.http.HttpServer;
import io.varve.server.warmup.WarmUp;
import io.varve.storage.StorageException;
import io.varve.storage.Varve;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line. */
@Command(
    name = "varve",
    description = "A time-series metrics database.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main {
  private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    if (args.length > 0 && !args[0].startsWith("-")) {
      hastenStart();
    }
    System.exit(commandLine(args).execute(args));
  }

  /** Made on first use: setting up logging, too, is left to the other thread. */
  private static final class Log {
    static final Logger LOG = LoggerFactory.getLogger(Main.class);
  }

  private static void hastenStart() {
    Thread loader = new Thread(Varve::prepare, "load");
    loader.setDaemon(true);
    loader.start();
    // By default Netty has the JVM make classes for events that are recorded on request only, which
    // the first client has to wait for.
    if (System.getProperty(NETTY_EVENTS) == null) {
      System.setProperty(NETTY_EVENTS, "false");
    }
  }

  /**
   * The command line for these arguments. To learn what options a command has takes long, so if
   * they begin with a command, it is the only one.
   */
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    Map<String, Supplier<Callable<Integer>>> commands = new LinkedHashMap<>();
    commands.put("server", Server::new);
    commands.put("demo", () -> new DemoCommand(line.getOut()));
    commands.put("salvage", SalvageCommand::new);
    commands.put("train", TrainCommand::new);
    Supplier<Callable<Integer>> asked = args.length == 0 ? null : commands.get(args[0]);
    if (asked != null) {
      line.addSubcommand(asked.get());
    } else {
      commands.values().forEach(command -> line.addSubcommand(command.get()));
    }
    return line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof IOException || failure instanceof StorageException) {
            command.getErr().println("varve: " + failure.getMessage());
          } else {
            failure.printStackTrace(command.getErr());
          }
          return 1;
        });
  }

  /** Prints the version of this build. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "varve " + (version == null ? "(not packaged)" : version),
        "speaks InfluxDB " + HttpServer.VERSION
      };
    }
  }

  /** Serves until told to stop. */
  @Command(
      name = "server",
      description = "Serve a data directory over HTTP until stopped.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class Server implements Callable<Integer> {
    @Mixin private final ServerOptions options = new ServerOptions();
    @Mixin private final StoreSettings store = new StoreSettings();
    @Mixin private final QuerySettings queries = new QuerySettings();
    @Mixin private final PromOptions prometheus = new PromOptions();
    @Mixin private final AccessOptions access = new AccessOptions();

    @Option(
        names = "--no-warm-up",
        description =
            "Do not work on made-up data while there are no requests yet, which has the JVM compile"
                + " what requests need (default: some seconds of it after the start).")
    private boolean noWarmUp;

    @Override
    public Integer call() throws Exception {
      access.check(options.doors());
      RunningServer server =
          RunningServer.open(
              options.data,
              new ServerSettings(store, options.doors(), queries, prometheus.settings(), access));
      Log.LOG.info("serving {} at {}", options.data, server.uri());
      if (server.tcp() != null) {
        Log.LOG.info("taking line protocol over TCP at {}:{}", options.host, server.tcp().port());
      }
      if (server.udp() != null) {
        Log.LOG.info("taking line protocol over UDP at {}:{}", options.host, server.udp().port());
      }
      WarmUp warmUp = noWarmUp ? null : Warmth.start(server, options.data);
      awaitStop(
          () -> {
            if (warmUp != null) {
              warmUp.close();
            }
            server.close();
          });
      return 0;
    }
  }

  /** Serves and feeds itself. */
  @Command(
      name = "demo",
      description = "Serve, record this machine's own metrics, and show them.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  static final class DemoCommand implements Callable<Integer> {
    private final PrintWriter out;
    @Mixin private final ServerOptions options = new ServerOptions();
    @Mixin private final StoreSettings store = new StoreSettings();
    @Mixin private final QuerySettings queries = new QuerySettings();
    @Mixin private final PromOptions prometheus = new PromOptions();

    DemoCommand(PrintWriter out) {
      this.out = out;
    }

    @Override
    public Integer call() throws Exception {
      RunningServer server =
          RunningServer.open(
              options.data,
              new ServerSettings(
                  store, options.doors(), queries, prometheus.settings(), AccessOptions.open()));
      Demo demo = start(server, out);
      awaitStop(
          () -> {
            demo.close();
            server.close();
          });
      return 0;
    }
  }

  private static Demo start(RunningServer server, PrintWriter out) throws IOException {
    try {
      return Demo.start(server.uri(), out);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Waits for SIGTERM or SIGINT and closes the server before the JVM goes. */
  private static void awaitStop(AutoCloseable server) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread closer =
        new Thread(
            () -> {
              try {
                server.close();
                Log.LOG.info("stopped");
              } catch (Exception e) {
                Log.LOG.error("could not stop cleanly", e);
              } finally {
                stopped.countDown();
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(closer);
    stopped.await();
  }
}
