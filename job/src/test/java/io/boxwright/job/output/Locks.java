package io.boxwright.job.output;

/** Locks as drivers leave them behind. */
public final class Locks {

  private Locks() {}

  /** A driver of this host whose process has ended, and whose number this process has now. */
  static LockHolder ofEndedProcess(long term) {
    LockHolder self = LockHolder.self(term, "app-1");
    ProcessIdentity process = self.process();
    ProcessIdentity earlier =
        new ProcessIdentity(
            process.pid(), process.bootId(), process.namespaces(), process.startTicks() - 1);
    return new LockHolder("token", term, self.host(), "app-1", earlier, self.heartbeat());
  }

  /** Writes the lock of a driver whose process has ended. */
  public static void leave(RunFolder folder) {
    folder.write(RunFolder.LOCK, ofEndedProcess(1));
  }
}
