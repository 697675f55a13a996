package io.boxwright.udf.executor;

import io.boxwright.threads.DaemonThreads;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The thread that a pipeline works in, one batch after another, whichever tasks they belong to.
 * libtorch plans the convolutions and attentions of a GPU anew in each thread that uses them, which
 * takes seconds.
 */
public final class PipelineThread {

  private final ExecutorService executor;

  /**
   * Makes a thread that starts with the first work and does not keep the process from ending.
   *
   * @param name the name of the thread
   */
  PipelineThread(String name) {
    executor = Executors.newSingleThreadExecutor(DaemonThreads.named(name));
  }

  /**
   * Does work in the thread and waits for it, even if the calling thread is interrupted meanwhile,
   * because a native call cannot be interrupted.
   *
   * @return the result of the work
   * @throws RuntimeException the exception that the work threw
   */
  public <T> T run(Supplier<T> work) {
    Callable<T> callable = work::get;
    Future<T> future = executor.submit(callable);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw unwrap(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends the thread after its remaining work. */
  void end() {
    executor.shutdown();
  }

  private static RuntimeException unwrap(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException e ? e : new CompletionException(cause);
  }
}
