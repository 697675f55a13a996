package io.boxwright.job.output;

import io.boxwright.job.output.RunRecord.Attempt;
import io.boxwright.job.output.RunRecord.State;
import io.boxwright.udf.counters.GenerationMonitor;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recorder of a driver's progress. Every few seconds it writes the manifest, if there is one, and
 * {@code run.json}. Any thread may call it.
 */
public final class RunRecorder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunRecorder.class);

  private final RunFolder folder;
  private final RunPlan plan;
  private final RunLock lock;
  private final Optional<Manifest> manifest;
  private final String command;
  private final List<Attempt> earlier;
  private final Instant started = Instant.now();
  private final String firstStarted;
  private final Set<Integer> done = new HashSet<>();
  private final Heartbeat heartbeat;
  private GenerationMonitor monitor;
  private State state = State.RUNNING;
  private String error;

  /**
   * Starts to record an attempt. The caller closes the recorder before the lock.
   *
   * @param plan the plan of the run
   * @param lock the lock of the folder
   * @param command the command that goes on with the run
   * @param there the chunks that exist already
   */
  public RunRecorder(RunPlan plan, RunLock lock, String command, ChunkScan there) {
    this.folder = lock.folder();
    this.plan = plan;
    this.lock = lock;
    this.command = command;
    this.manifest =
        plan.commit() == CommitMode.MANIFEST
            ? Optional.of(Manifest.begin(folder, lock.holder().term(), there.files()))
            : Optional.empty();
    found(there);
    RunRecord before =
        RunRecord.read(folder).filter(record -> record.plan().equals(plan.hash())).orElse(null);
    earlier = before == null ? List.of() : before.attempts();
    firstStarted = before == null ? started.toString() : before.started();
    record();
    heartbeat =
        new Heartbeat("record the progress of the run", RunLock.HEARTBEAT, this::recordProgress);
  }

  /** Sets the monitor that the counts come from. */
  public synchronized void setMonitor(GenerationMonitor value) {
    monitor = value;
  }

  /** Records that a chunk's file is finished. */
  public synchronized void finished(ChunkFile file) {
    done.add(file.chunk());
    manifest.ifPresent(list -> list.add(file));
  }

  /** Records the chunks that are finished in the folder, and forgets earlier ones. */
  public synchronized void found(ChunkScan scan) {
    done.clear();
    done.addAll(scan.finished().keySet());
  }

  /**
   * Records that the run is finished.
   *
   * @throws java.io.UncheckedIOException if the record cannot be written
   * @throws LockLostException if another run has taken the folder
   */
  public void finished() {
    end(State.FINISHED, null);
  }

  /** Records why the run failed, if that can be written. */
  public void failed(String message) {
    endIfPossible(State.FAILED, message);
  }

  /** Records that the run was told to stop, if that can be written. */
  public void interrupted() {
    endIfPossible(State.INTERRUPTED, null);
  }

  /** Returns the executors and devices where pipelines were loaded. */
  public synchronized List<String> loads() {
    return monitor == null ? List.of() : monitor.loads();
  }

  /** Returns the number of images that were not tried because their rows are wrong. */
  public synchronized long refused() {
    return monitor == null ? 0 : monitor.refused();
  }

  /** Returns the number of finished chunks. */
  public synchronized int chunksDone() {
    return done.size();
  }

  private synchronized void end(State ended, String message) {
    if (state == State.RUNNING) {
      state = ended;
      error = message;
      record();
    }
  }

  /** Ends the record; a failure to write must not hide why the run ends. */
  private void endIfPossible(State ended, String message) {
    try {
      end(ended, message);
    } catch (LockLostException e) {
      LOG.debug("Another run's record stays as it is", e);
    } catch (RuntimeException e) {
      LOG.warn("Cannot record that the run is {}: {}", ended, e.getMessage());
    }
  }

  private void recordProgress() {
    try {
      record();
    } catch (LockLostException e) {
      LOG.debug("The lock reports that it is lost", e);
    }
  }

  /** Writes the current progress: the manifest, if there is one, and {@code run.json}. */
  public synchronized void record() {
    manifest.ifPresent(Manifest::flush);
    String now = Instant.now().toString();
    folder.write(
        RunFolder.RUN,
        new RunRecord(
            state,
            lock.holder().term(),
            plan.hash(),
            command,
            System.getProperty("user.dir"),
            folder.recordedPath(),
            plan.rows(),
            countRowsDone(),
            plan.chunks(),
            done.size(),
            firstStarted,
            now,
            RunRecord.append(earlier, makeAttempt(now))));
  }

  /** Counts the rows of finished chunks: all chunks but the last have the same size. */
  private long countRowsDone() {
    int last = plan.chunks() - 1;
    long rows = (long) done.size() * plan.chunkRows();
    return done.contains(last)
        ? rows - (long) plan.chunks() * plan.chunkRows() + plan.rows()
        : rows;
  }

  private Attempt makeAttempt(String now) {
    return AttemptCounts.of(Optional.ofNullable(monitor))
        .toAttempt(state, error, lock.holder(), started, now);
  }

  /** Stops recording. An attempt that is still running is recorded as failed. */
  @Override
  public void close() {
    heartbeat.close();
    endIfPossible(State.FAILED, null);
  }
}
