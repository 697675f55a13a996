package io.boxwright.job.actions;

import io.boxwright.job.input.PromptTable;
import java.util.concurrent.CompletableFuture;

/**
 * Looks once whether the prompts are still those that were hashed: when the first chunk is
 * finished. By then Spark has read all rows, and what happens to the table later does not matter.
 */
final class PromptWatch {

  private final PromptTable prompts;
  private CompletableFuture<Boolean> unchanged;

  PromptWatch(PromptTable prompts) {
    this.prompts = prompts;
  }

  /** A chunk is finished. */
  synchronized void finished() {
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
