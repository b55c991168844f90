package io.varve.server.http;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How sockets are served: by Netty's own code for epoll, which does less per request, or by the
 * JDK's channels where that does not load, as on other systems than Linux, or where nothing may be
 * run from the directory for temporary files.
 *
 * @param handlers what event loops wait with
 * @param listener what accepts connections
 */
record Transport(IoHandlerFactory handlers, Class<? extends ServerChannel> listener) {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

  static Transport best() {
    Throwable cause = Epoll.unavailabilityCause();
    if (cause == null) {
      return new Transport(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
    }
    LOG.info("sockets are served without epoll: {}", cause.getMessage());
    return new Transport(NioIoHandler.newFactory(), NioServerSocketChannel.class);
  }

  EventLoopGroup eventLoops(int threads, String name) {
    return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name), handlers);
  }
}
