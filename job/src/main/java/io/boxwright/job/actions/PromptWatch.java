package io.boxwright.job.actions;

import io.boxwright.job.input.PromptTable;
import java.util.concurrent.CompletableFuture;

/**
 * The check, when the first chunk is finished, that the prompts are still those that were hashed.
 * By then Spark has read all rows, and later changes of the table do not matter.
 */
final class PromptWatch {

  private final PromptTable prompts;
  private CompletableFuture<Boolean> unchanged;

  PromptWatch(PromptTable prompts) {
    this.prompts = prompts;
  }

  /** Notes that a chunk is finished. The first time, this starts the check. */
  synchronized void noteChunk() {
    if (unchanged == null) {
      unchanged = CompletableFuture.supplyAsync(prompts::isUnchanged);
    }
  }

  /**
   * Returns whether the prompts had changed when they were read.
   *
   * @throws java.util.concurrent.CompletionException if they could not be read again
   */
  synchronized boolean sawChange() {
    return unchanged != null && !unchanged.join();
  }
}
