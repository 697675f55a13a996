package io.boxwright.output;

import io.boxwright.output.RunRecord.Attempt;
import io.boxwright.output.RunRecord.State;
import io.boxwright.spark.GenerationMonitor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's signs of life while it works: every few seconds it renews the lock, writes the
 * manifest and {@code run.json}. Any thread may call it.
 */
public final class RunRecorder implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunRecorder.class);
  private static final Duration INTERVAL = Duration.ofSeconds(3);

  private final RunFolder folder;
  private final RunPlan plan;
  private final RunLock lock;
  private final Manifest manifest;
  private final String command;
  private final List<Attempt> earlier;
  private final Instant started = Instant.now();
  private final String firstStarted;
  private final Set<Integer> done = new HashSet<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(RunRecorder::daemon);
  private final Thread onSignal = new Thread(() -> end(State.INTERRUPTED, null));
  private final Runnable onLockLost;
  private GenerationMonitor monitor;
  private State state = State.RUNNING;
  private String error;

  /**
   * Starts to record an attempt.
   *
   * @param command that goes on with the run
   * @param onLockLost is run when another run has taken the folder
   */
  public RunRecorder(
      RunFolder folder, RunPlan plan, RunLock lock, String command, Runnable onLockLost) {
    this.folder = folder;
    this.plan = plan;
    this.lock = lock;
    this.command = command;
    this.onLockLost = onLockLost;
    this.manifest = new Manifest(folder);
    done.addAll(new ChunkTable(folder, plan).scan().finished().keySet());
    RunRecord before =
        RunRecord.read(folder).filter(record -> record.plan().equals(plan.hash())).orElse(null);
    earlier = before == null ? List.of() : before.attempts();
    firstStarted = before == null ? started.toString() : before.started();
    record();
    timer.scheduleAtFixedRate(
        this::tick, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    Runtime.getRuntime().addShutdownHook(onSignal);
  }

  /** Says where counts come from. */
  public synchronized void monitor(GenerationMonitor value) {
    monitor = value;
  }

  /** Records that a chunk's file is finished. */
  public synchronized void finished(ChunkFile file) {
    done.add(file.chunk());
    if (plan.commit() == CommitMode.MANIFEST) {
      manifest.add(file);
    }
  }

  /** Records that the run is finished. */
  public void finished() {
    end(State.FINISHED, null);
  }

  /** Records why the run failed. */
  public void failed(String message) {
    end(State.FAILED, message);
  }

  /** Where pipelines were loaded. */
  public synchronized List<String> loads() {
    return monitor == null ? List.of() : monitor.loads();
  }

  /** How many chunks are finished. */
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

  private void tick() {
    try {
      lock.renew();
      record();
    } catch (IllegalStateException e) {
      LOG.error("The run ends: {}", e.getMessage());
      onLockLost.run();
    } catch (RuntimeException e) {
      LOG.warn("Cannot record the progress of the run: {}", e.toString());
    }
  }

  /** Writes what is known now: the manifest, if there is one, and {@code run.json}. */
  public synchronized void record() {
    manifest.flush();
    String now = Instant.now().toString();
    folder.write(
        RunFolder.RUN,
        new RunRecord(
            state,
            plan.hash(),
            command,
            plan.rows(),
            rowsDone(),
            plan.chunks(),
            done.size(),
            firstStarted,
            now,
            RunRecord.append(earlier, attempt(now))));
  }

  /** All chunks but the last are of one size. */
  private long rowsDone() {
    int last = plan.chunks() - 1;
    long rows = (long) done.size() * plan.chunkRows();
    return done.contains(last)
        ? rows - (long) plan.chunks() * plan.chunkRows() + plan.rows()
        : rows;
  }

  private Attempt attempt(String now) {
    return AttemptCounts.of(Optional.ofNullable(monitor))
        .attempt(state, error, lock.holder(), started, now);
  }

  private void awaitTermination() {
    try {
      timer.awaitTermination(INTERVAL.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(Runnable runnable) {
    Thread thread = new Thread(runnable, "boxwright-run-recorder");
    thread.setDaemon(true);
    return thread;
  }

  /** Ends the signs of life; what was not ended otherwise has failed. */
  @Override
  public void close() {
    timer.shutdown();
    awaitTermination();
    end(State.FAILED, null);
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      LOG.debug("The process is ending", e);
    }
  }
}
