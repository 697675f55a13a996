package io.boxwright.threads;

import java.util.concurrent.ThreadFactory;

/** Makes threads that do not keep their process from ending. */
public final class DaemonThreads {

  private DaemonThreads() {}

  /**
   * Makes a factory of such threads; who asks it for one starts it.
   *
   * @param name of each thread, as stack traces show it
   */
  public static ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
