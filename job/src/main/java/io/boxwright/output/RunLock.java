package io.boxwright.output;

import io.boxwright.input.InvalidInputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two drivers out of one output folder. A lock whose process is gone, or that was not renewed
 * for {@link #STALE}, is taken over. Should two drivers take it in the same instant, one of them
 * finds the other's name in it at once or at its next {@link #renew}; until then they disturb each
 * other, but lose nothing, for a chunk is finished in one step.
 */
public final class RunLock implements AutoCloseable {

  /** So long after its last sign of life a driver on another host counts as dead. */
  static final Duration STALE = Duration.ofMinutes(5);

  /** Asked once: name services can be slow. */
  private static final String LOCAL_HOST = localHost();

  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  /**
   * Who runs a folder.
   *
   * @param token of this run alone
   * @param host the driver runs on
   * @param pid of the driver
   * @param processStarted when the driver's process was started; pids are used again
   * @param application Spark's id
   * @param heartbeat the driver's last sign of life, ISO 8601
   */
  public record Holder(
      String token,
      String host,
      long pid,
      String processStarted,
      String application,
      String heartbeat) {

    /** This process. */
    static Holder self(String application) {
      ProcessHandle self = ProcessHandle.current();
      return new Holder(
          UUID.randomUUID().toString(), LOCAL_HOST, self.pid(), started(self), application, now());
    }

    Holder renewed() {
      return new Holder(token, host, pid, processStarted, application, now());
    }

    /** Whether it may still run. */
    public boolean alive() {
      if (host.equals(LOCAL_HOST)) {
        return ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .map(Holder::started)
            .filter(processStarted::equals)
            .isPresent();
      }
      return Instant.parse(heartbeat).isAfter(Instant.now().minus(STALE));
    }

    /** For people. */
    @Override
    public String toString() {
      return "process %d on %s, application %s, last sign of life %s"
          .formatted(pid, host, application, heartbeat);
    }

    private static String started(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }
  }

  private final RunFolder folder;
  private Holder holder;

  private RunLock(RunFolder folder, Holder holder) {
    this.folder = folder;
    this.holder = holder;
  }

  /**
   * Takes the lock of a folder.
   *
   * @param application Spark's id
   * @throws InvalidInputException if a run that may be alive holds it, saying which
   */
  public static RunLock take(RunFolder folder, String application) {
    Optional<Holder> before = holder(folder);
    if (before.isPresent() && before.get().alive()) {
      throw held(folder, before.get());
    }
    before.ifPresent(dead -> LOG.warn("The lock of a dead run is taken over: {}", dead));
    RunLock lock = new RunLock(folder, Holder.self(application));
    folder.write(RunFolder.LOCK, lock.holder);
    holder(folder)
        .filter(now -> !now.token().equals(lock.holder.token()))
        .ifPresent(
            other -> {
              throw held(folder, other);
            });
    return lock;
  }

  /** Who holds the lock of a folder, dead or alive. */
  public static Optional<Holder> holder(RunFolder folder) {
    return folder.read(RunFolder.LOCK, Holder.class);
  }

  /** Who this process is. */
  Holder holder() {
    return holder;
  }

  /**
   * Gives a sign of life.
   *
   * @throws IllegalStateException if another run has taken the folder
   */
  void renew() {
    Optional<Holder> now = holder(folder);
    if (now.isPresent() && !now.get().token().equals(holder.token())) {
      throw new IllegalStateException(
          "Output folder %s was taken by another run: %s".formatted(folder.path(), now.get()));
    }
    holder = holder.renewed();
    folder.write(RunFolder.LOCK, holder);
  }

  /** Frees the folder, unless another run has taken it. */
  @Override
  public void close() {
    if (holder(folder).filter(now -> now.token().equals(holder.token())).isPresent()) {
      folder.delete(RunFolder.LOCK);
    }
  }

  private static InvalidInputException held(RunFolder folder, Holder holder) {
    return new InvalidInputException(
        ("Output folder %s is in use: %s. Wait for it, end it, or name another folder; the lock of"
                + " a driver that is gone is taken over by itself, on another host after %d"
                + " minutes")
            .formatted(folder.path(), holder, STALE.toMinutes()));
  }

  private static String localHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  private static String now() {
    return Instant.now().toString();
  }
}
