package io.varve.server;

import io.varve.server.http.HttpOptions;
import io.varve.server.ingest.Precision;
import io.varve.server.socket.LineTarget;
import io.varve.server.socket.TcpDoor;
import io.varve.server.socket.UdpDoor;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that all ways to run a server share. */
final class ServerOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where data is kept (default: ${DEFAULT-VALUE}).")
  Path data = Path.of("varve-data");

  @Option(names = "--host", description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  String host = "127.0.0.1";

  @Option(
      names = "--port",
      description = "Port to listen on; 0 lets the system choose (default: ${DEFAULT-VALUE}).")
  int port = 8086;

  @Option(
      names = "--max-body-bytes",
      paramLabel = "N",
      description = "Largest body of a request (default: ${DEFAULT-VALUE}).")
  int maxBodyBytes = HttpOptions.defaults().maxBodyBytes();

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Most connections at once (default: ${DEFAULT-VALUE}).")
  int maxConnections = HttpOptions.defaults().maxConnections();

  @Option(
      names = "--query-threads",
      paramLabel = "N",
      description = "Queries that run at once; more wait (default: ${DEFAULT-VALUE}).")
  int queryThreads = HttpOptions.defaults().queryThreads();

  @Option(
      names = "--max-queued-queries",
      paramLabel = "N",
      description = "Queries that may wait for their turn (default: ${DEFAULT-VALUE}).")
  int maxQueuedQueries = HttpOptions.defaults().maxQueuedQueries();

  @Option(
      names = "--prometheus-path-prefix",
      paramLabel = "PATH",
      description =
          "Answer Prometheus' API below this path too, as in /prometheus/api/v1/query (default:"
              + " none).")
  String promPathPrefix = "";

  @Option(
      names = "--tcp-port",
      paramLabel = "PORT",
      description = "Take line protocol over TCP at this port (default: off).")
  @Nullable Integer tcpPort;

  @Option(
      names = "--max-row-limit",
      paramLabel = "N",
      description =
          "Rows of an answer that is not chunked; what is cut says so. 0 for any number"
              + " (default: ${DEFAULT-VALUE}).")
  int maxRowLimit;

  @Option(
      names = "--tcp-database",
      paramLabel = "NAME",
      description = "Where points from TCP go; made if need be (default: ${DEFAULT-VALUE}).")
  String tcpDatabase = "tcp";

  @Option(
      names = "--tcp-retention-policy",
      paramLabel = "NAME",
      description = "Retention policy of points from TCP (default: the database's).")
  String tcpRetentionPolicy = "";

  @Option(
      names = "--tcp-precision",
      paramLabel = "UNIT",
      converter = UnitConverter.class,
      description = "Unit of timestamps from TCP: ns, us, ms, s, m, h (default: ns).")
  Precision tcpPrecision = Precision.NANOSECONDS;

  @Option(
      names = "--tcp-max-connections",
      paramLabel = "N",
      converter = PositiveConverter.class,
      description = "Most connections for line protocol at once (default: ${DEFAULT-VALUE}).")
  int tcpMaxConnections = 256;

  @Option(
      names = "--udp-port",
      paramLabel = "PORT",
      description = "Take line protocol over UDP at this port (default: off).")
  @Nullable Integer udpPort;

  @Option(
      names = "--udp-database",
      paramLabel = "NAME",
      description = "Where points from UDP go; made if need be (default: ${DEFAULT-VALUE}).")
  String udpDatabase = "udp";

  @Option(
      names = "--udp-retention-policy",
      paramLabel = "NAME",
      description = "Retention policy of points from UDP (default: the database's).")
  String udpRetentionPolicy = "";

  @Option(
      names = "--udp-precision",
      paramLabel = "UNIT",
      converter = UnitConverter.class,
      description = "Unit of timestamps from UDP: ns, us, ms, s, m, h (default: ns).")
  Precision udpPrecision = Precision.NANOSECONDS;

  @Option(
      names = "--udp-batch-size",
      paramLabel = "N",
      converter = PositiveConverter.class,
      description = "Points from UDP that are stored together (default: ${DEFAULT-VALUE}).")
  int udpBatchSize = 5_000;

  @Option(
      names = "--udp-batch-pending",
      paramLabel = "N",
      converter = PositiveConverter.class,
      description = "Batches from UDP being stored at once (default: ${DEFAULT-VALUE}).")
  int udpBatchPending = 10;

  @Option(
      names = "--udp-batch-timeout-millis",
      paramLabel = "MS",
      converter = PositiveConverter.class,
      description = "Longest wait of a point from UDP for its batch (default: ${DEFAULT-VALUE}).")
  int udpBatchTimeoutMillis = 1_000;

  @Option(
      names = "--udp-read-buffer-bytes",
      paramLabel = "N",
      description = "The system's buffer for packets; 0 for its default (default: 0).")
  int udpReadBufferBytes;

  /** Reads a unit of time. */
  static final class UnitConverter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String name) {
      Precision precision = Precision.of(name);
      if (precision == null) {
        throw new TypeConversionException("must be ns, us, ms, s, m or h: " + name);
      }
      return precision;
    }
  }

  /** Reads a number above zero. */
  static final class PositiveConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      try {
        int number = Integer.parseInt(text);
        if (number > 0) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw new TypeConversionException("must be a number above 0: " + text);
      }
      throw new TypeConversionException("must be above 0: " + text);
    }
  }

  DoorOptions doors() {
    return new DoorOptions(http(), tcp(), udp());
  }

  private TcpDoor.@Nullable Options tcp() {
    return tcpPort == null
        ? null
        : new TcpDoor.Options(
            host,
            tcpPort,
            tcpMaxConnections,
            new LineTarget(tcpDatabase, tcpRetentionPolicy, tcpPrecision));
  }

  private UdpDoor.@Nullable Options udp() {
    return udpPort == null
        ? null
        : new UdpDoor.Options(
            host,
            udpPort,
            udpBatchSize,
            udpBatchPending,
            udpBatchTimeoutMillis,
            udpReadBufferBytes,
            new LineTarget(udpDatabase, udpRetentionPolicy, udpPrecision));
  }

  HttpOptions http() {
    return HttpOptions.defaults()
        .withAddress(host, port)
        .withLimits(maxConnections, maxBodyBytes, queryThreads, maxQueuedQueries)
        .withMaxRows(maxRowLimit)
        .withPromPathPrefix(promPathPrefix);
  }
}
