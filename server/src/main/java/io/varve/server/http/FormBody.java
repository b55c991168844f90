package io.varve.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Collects a request's body on the heap, up to a bound. For one thread. */
final class FormBody {
  /** Longest form with a query; parsing takes time that grows with it. */
  static final int MAX_QUERY_BYTES = 4 << 20;

  private final long maxBytes;
  private @Nullable CompositeByteBuf body;

  FormBody(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Adds a piece, which stays the caller's; answers false, and adds nothing, if it is too much. */
  boolean add(ByteBuf content) {
    if (!content.isReadable()) {
      return true;
    }
    CompositeByteBuf collected = body;
    if (collected == null) {
      collected = Unpooled.compositeBuffer(Integer.MAX_VALUE);
      body = collected;
    }
    if (collected.readableBytes() + content.readableBytes() > maxBytes) {
      return false;
    }
    collected.addComponent(true, Unpooled.copiedBuffer(content));
    return true;
  }

  /** What has been collected, or null if there was none; stays this object's. */
  @Nullable ByteBuf content() {
    return body;
  }

  void release() {
    if (body != null) {
      body.release();
      body = null;
    }
  }
}
