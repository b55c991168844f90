package io.varve.storage;

import io.varve.storage.StorageException.Kind;
import io.varve.storage.model.PointBatch;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the commit thread, in order: batches of points, of a bounded number of bytes, and
 * changes of the catalogue.
 *
 * <p>Any thread adds; the commit thread alone takes.
 */
final class CommitQueue {
  sealed interface Task {}

  record WriteTask(
      PolicyState policy, PointBatch batch, long bytes, CompletableFuture<WriteResult> future)
      implements Task {}

  record AdminTask(Runnable action, CompletableFuture<?> future) implements Task {}

  /** Nothing came by the time that was set. */
  enum Pause implements Task {
    OVER
  }

  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final ArrayDeque<Task> tasks = new ArrayDeque<>();
  private final AtomicLong rejectedBatches = new AtomicLong();
  private long bytes;
  private boolean refusing;
  private boolean closed;

  /**
   * An empty queue.
   *
   * @param maxBytes of batches that wait; one larger than that passes when it is alone
   */
  CommitQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a batch.
   *
   * @throws StorageException if too much is waiting, or writes are refused
   */
  CompletableFuture<WriteResult> add(PolicyState policy, PointBatch batch) {
    long batchBytes = heapBytes(batch);
    CompletableFuture<WriteResult> future = new CompletableFuture<>();
    lock.lock();
    try {
      if (refusing) {
        throw isClosed();
      }
      if (bytes > 0 && bytes + batchBytes > maxBytes) {
        rejectedBatches.incrementAndGet();
        throw new StorageException(
            Kind.RESOURCES, "too many writes are waiting: " + bytes + " bytes");
      }
      bytes += batchBytes;
      tasks.add(new WriteTask(policy, batch, batchBytes, future));
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
    return future;
  }

  /** Adds something to be done in its turn. */
  <T extends @Nullable Object> CompletableFuture<T> add(Callable<T> action) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Runnable task =
        () -> {
          try {
            future.complete(action.call());
          } catch (Exception e) {
            future.completeExceptionally(e);
          }
        };
    lock.lock();
    try {
      if (closed) {
        future.completeExceptionally(isClosed());
        return future;
      }
      tasks.add(new AdminTask(task, future));
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
    return future;
  }

  /** Takes no new batches; what is there still goes through. */
  void refuseWrites() {
    lock.lock();
    try {
      refusing = true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing new; what is there still goes through. */
  void close() {
    lock.lock();
    try {
      refusing = true;
      closed = true;
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next task; null if it is closed and empty.
   *
   * @param deadlineNanos {@link Pause#OVER} at this time of {@link System#nanoTime}; null for never
   */
  @Nullable Task take(@Nullable Long deadlineNanos) throws InterruptedException {
    lock.lock();
    try {
      while (tasks.isEmpty()) {
        if (closed) {
          return null;
        }
        if (deadlineNanos == null) {
          notEmpty.await();
        } else if (notEmpty.awaitNanos(deadlineNanos - System.nanoTime()) <= 0) {
          return tasks.isEmpty() ? Pause.OVER : remove();
        }
      }
      return remove();
    } finally {
      lock.unlock();
    }
  }

  /** The next task if it is there and a write, else null. */
  @Nullable WriteTask takeAnotherWrite() {
    lock.lock();
    try {
      return tasks.peek() instanceof WriteTask && remove() instanceof WriteTask write
          ? write
          : null;
    } finally {
      lock.unlock();
    }
  }

  /** Closes it, and tells all that wait that nothing will come of it. */
  void abandon() {
    lock.lock();
    try {
      refusing = true;
      closed = true;
      for (Task task : tasks) {
        if (task instanceof WriteTask write) {
          write.future().completeExceptionally(isClosed());
        } else if (task instanceof AdminTask admin) {
          admin.future().completeExceptionally(isClosed());
        }
      }
      tasks.clear();
      bytes = 0;
    } finally {
      lock.unlock();
    }
  }

  /** About what the batches that wait hold on the heap. */
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** How many batches were refused because too much was waiting. */
  long rejectedBatches() {
    return rejectedBatches.get();
  }

  private Task remove() {
    Task task = tasks.remove();
    if (task instanceof WriteTask write) {
      bytes -= write.bytes();
    }
    return task;
  }

  private static StorageException isClosed() {
    return new StorageException(Kind.UNAVAILABLE, "the store is closed");
  }

  private static long heapBytes(PointBatch batch) {
    return batch.arena().length + 24L * batch.rowCount() + 20L * batch.valueCount();
  }
}
