package io.boxwright.job.output;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * Who runs a folder.
 *
 * @param token of this run alone
 * @param term higher than that of every driver before, from 1
 * @param host the driver runs on, for people
 * @param application Spark's id
 * @param process of the driver
 * @param heartbeat the driver's last sign of life by its own clock, ISO 8601
 */
record LockHolder(
    String token,
    long term,
    String host,
    String application,
    ProcessIdentity process,
    String heartbeat) {

  /** Asked once: name services can be slow. */
  private static final String LOCAL_HOST = localHost();

  /** Refuses what a damaged file gives. */
  LockHolder {
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(process, "process");
  }

  /** This process. */
  static LockHolder self(long term, String application) {
    return new LockHolder(
        UUID.randomUUID().toString(),
        term,
        LOCAL_HOST,
        application,
        ProcessIdentity.self(),
        Instant.now().toString());
  }

  /** The same, with a new sign of life. */
  LockHolder renewed() {
    return new LockHolder(token, term, host, application, process, Instant.now().toString());
  }

  /** What lets it write. */
  Fence fence() {
    return new Fence(token, term);
  }

  /** For people. */
  @Override
  public String toString() {
    return "process %d on %s, application %s".formatted(process.pid(), host, application);
  }

  private static String localHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
