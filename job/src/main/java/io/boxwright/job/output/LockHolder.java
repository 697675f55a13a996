package io.boxwright.job.output;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * The driver that holds the lock of a folder.
 *
 * @param token the unique token of the run
 * @param term the term, from 1, higher than that of every earlier driver
 * @param host the host of the driver, for people
 * @param application Spark's id of the application
 * @param process the process of the driver
 * @param heartbeat the driver's last sign of life by its own clock, ISO 8601
 */
record LockHolder(
    String token,
    long term,
    String host,
    String application,
    ProcessIdentity process,
    String heartbeat) {

  /** The name of this host, found once because name services can be slow. */
  private static final String LOCAL_HOST = findLocalHost();

  /** Refuses the nulls that a damaged file gives. */
  LockHolder {
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(process, "process");
  }

  /** Describes this process, with a token of its own and a sign of life now. */
  static LockHolder self(long term, String application) {
    return new LockHolder(
        UUID.randomUUID().toString(),
        term,
        LOCAL_HOST,
        application,
        ProcessIdentity.self(),
        Instant.now().toString());
  }

  /** Returns the same holder with a new sign of life. */
  LockHolder renewed() {
    return new LockHolder(token, term, host, application, process, Instant.now().toString());
  }

  /** Returns the fence that lets this driver write. */
  Fence fence() {
    return new Fence(token, term);
  }

  /** Returns the process, host and application, for people. */
  @Override
  public String toString() {
    return "process %d on %s, application %s".formatted(process.pid(), host, application);
  }

  private static String findLocalHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
