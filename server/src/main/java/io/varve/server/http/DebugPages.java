package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.varve.server.metrics.DebugVars;
import io.varve.server.metrics.MetricsPage;
import java.net.InetSocketAddress;

/** The server's figures about itself. */
final class DebugPages {
  private DebugPages() {}

  static FullHttpResponse metrics(Services services) {
    return Answers.typed(
        HttpResponseStatus.OK,
        MetricsPage.render(services.metrics, services.store),
        MetricsPage.CONTENT_TYPE);
  }

  static FullHttpResponse vars(HttpConnection connection) {
    Services services = connection.services();
    return Answers.json(
        HttpResponseStatus.OK,
        DebugVars.render(services.metrics, services.store, bind(connection)));
  }

  /** The port the request came to, in the way InfluxDB names its listener. */
  private static String bind(HttpConnection connection) {
    return connection.context().channel().localAddress() instanceof InetSocketAddress address
        ? ":" + address.getPort()
        : ":";
  }
}
