package io.boxwright.udf.executor;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many rows fit into the memory of a pipeline's device, as far as this executor has found out.
 * Shared by its tasks.
 */
public final class BatchLimit {

  private static final Logger LOG = LoggerFactory.getLogger(BatchLimit.class);

  private final AtomicInteger most = new AtomicInteger(Integer.MAX_VALUE);

  /** The rows of a batch that should have {@code wanted}. */
  public int rows(int wanted) {
    return Math.min(wanted, most.get());
  }

  /** Says that so many rows, at least two, did not fit: from now on it is half as many. */
  public void exceeded(int rows) {
    int half = (rows + 1) / 2;
    most.accumulateAndGet(half, Math::min);
    LOG.warn("{} rows do not fit into memory; batches have {} from now on", rows, half);
  }
}
