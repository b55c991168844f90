package io.varve.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What came in through one door for line protocol. Thread-safe. */
public final class DoorCounters {
  /** Bytes received. */
  public final LongAdder bytes = new LongAdder();

  /** Points stored. */
  public final LongAdder points = new LongAdder();

  /** Values in batches given to the engine. */
  public final LongAdder values = new LongAdder();

  /** Batches given to the engine. */
  public final LongAdder batches = new LongAdder();

  /** Lines that were malformed. */
  public final LongAdder failedLines = new LongAdder();

  /** Well-formed points that were not stored. */
  public final LongAdder droppedPoints = new LongAdder();

  /** Batches that the engine refused or failed at. */
  public final LongAdder failedBatches = new LongAdder();

  /** Packets thrown away because storing does not keep up; UDP only. */
  public final LongAdder droppedPackets = new LongAdder();

  /** Connections accepted; UDP has none. */
  public final LongAdder connections = new LongAdder();

  /** Connections turned away because there were too many. */
  public final LongAdder refusedConnections = new LongAdder();
}
