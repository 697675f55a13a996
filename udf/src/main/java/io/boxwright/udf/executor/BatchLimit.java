package io.boxwright.udf.executor;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of rows that fit into the memory of a pipeline's device, as far as this executor
 * knows. Its tasks share it.
 */
public final class BatchLimit {

  private static final Logger LOG = LoggerFactory.getLogger(BatchLimit.class);

  private final AtomicInteger most = new AtomicInteger(Integer.MAX_VALUE);

  /** Returns the rows of a batch that should have {@code wanted} rows. */
  public int rows(int wanted) {
    return Math.min(wanted, most.get());
  }

  /**
   * Records that this many rows, at least two, did not fit; from now on the limit is half of them,
   * rounded up.
   */
  public void exceeded(int rows) {
    int half = (rows + 1) / 2;
    most.accumulateAndGet(half, Math::min);
    LOG.warn("{} rows do not fit into memory; batches have {} from now on", rows, half);
  }
}
