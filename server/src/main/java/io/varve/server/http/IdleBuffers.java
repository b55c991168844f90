package io.varve.server.http;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Buffers of writes that are done, kept for the next: an eighth of the heap at most. Thread-safe.
 *
 * <p>A connection gets those back that it had, if nobody else has taken them: they know its series.
 */
final class IdleBuffers {
  private final long maxBytes = Runtime.getRuntime().maxMemory() / 8;
  private final ArrayDeque<IngestBuffers> idle = new ArrayDeque<>();
  private long bytes;

  /** Those that this connection had last, else any, else null. */
  synchronized @Nullable IngestBuffers take(int connection) {
    IngestBuffers found = null;
    for (Iterator<IngestBuffers> each = idle.iterator(); found == null && each.hasNext(); ) {
      IngestBuffers buffers = each.next();
      if (buffers.connection == connection) {
        each.remove();
        found = buffers;
      }
    }
    found = found == null ? idle.pollLast() : found;
    bytes -= found == null ? 0 : found.heapBytes();
    return found;
  }

  /** Takes buffers back, or leaves them to the collector. */
  synchronized void giveBack(IngestBuffers buffers) {
    long more = buffers.heapBytes();
    if (bytes + more <= maxBytes) {
      bytes += more;
      idle.addFirst(buffers);
    }
  }
}
