package io.boxwright.threads;

import java.util.concurrent.ThreadFactory;

/** Threads that do not keep their process from ending. */
public final class DaemonThreads {

  private DaemonThreads() {}

  /**
   * Makes a factory of such threads; callers start the threads that it makes.
   *
   * @param name the name of each thread in stack traces
   */
  public static ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
