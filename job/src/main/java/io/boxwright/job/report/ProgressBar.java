package io.boxwright.job.report;

import io.boxwright.text.Count;
import io.boxwright.threads.DaemonThreads;
import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Says how far a run is while it runs, on a thread of its own until it is closed. On a terminal it
 * draws one line again and again:
 *
 * <pre>{@code   [######..............]  12/40 images, 1 failed, 1.3 s an image, 0:35 left}</pre>
 *
 * <p>Elsewhere, such as in a file, it prints a line for every tenth that is done, and at least one
 * a minute.
 */
public final class ProgressBar implements AutoCloseable {

  /** What the line is written to. */
  enum Medium {
    TERMINAL,
    FILE
  }

  private static final int WIDTH = 20;
  private static final int TENTHS = 10;
  private static final double MOST_SECONDS_BETWEEN_LINES = 60;
  private static final long POLL_MILLIS = 500;
  private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";

  private final PrintWriter out;
  private final Medium medium;
  private final long total;
  private final LongSupplier images;
  private final LongSupplier failed;
  private final LongSupplier nanoTime;
  private final SmoothedRate rate;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("progress bar"));
  private long lastTenth;
  private double lastLine;

  ProgressBar(
      PrintWriter out,
      Medium medium,
      long total,
      LongSupplier images,
      LongSupplier failed,
      LongSupplier nanoTime) {
    this.out = out;
    this.medium = medium;
    this.total = total;
    this.images = images;
    this.failed = failed;
    this.nanoTime = nanoTime;
    this.rate = new SmoothedRate(images.getAsLong(), seconds());
    this.lastLine = seconds();
  }

  /**
   * Starts to say how far a run is.
   *
   * @param total how many images there will be
   * @param images how many there are, those of earlier attempts included; asked for twice a second
   * @param failed how many of them failed
   */
  public static ProgressBar start(
      PrintWriter out, long total, LongSupplier images, LongSupplier failed) {
    Medium medium = System.console() == null ? Medium.FILE : Medium.TERMINAL;
    ProgressBar bar = new ProgressBar(out, medium, total, images, failed, System::nanoTime);
    bar.timer.scheduleWithFixedDelay(bar::update, 0, POLL_MILLIS, TimeUnit.MILLISECONDS);
    return bar;
  }

  /** Looks how far the run is and says so, if it is time to. */
  synchronized void update() {
    double now = seconds();
    long done = images.getAsLong();
    rate.update(done, now);
    if (medium == Medium.TERMINAL) {
      // The cursor goes back to the start of the line: what is logged meanwhile begins there.
      out.print(bar(done) + line(done, now) + CLEAR_TO_END_OF_LINE + "\r");
      out.flush();
    } else if (tenth(done) > lastTenth || now - lastLine >= MOST_SECONDS_BETWEEN_LINES) {
      printLine(done, now);
    }
  }

  private void printLine(long done, double now) {
    out.println(line(done, now));
    out.flush();
    lastTenth = tenth(done);
    lastLine = now;
  }

  private long tenth(long done) {
    return total == 0 ? 0 : done * TENTHS / total;
  }

  private String bar(long done) {
    int full = total == 0 ? 0 : (int) Math.min(WIDTH, done * WIDTH / total);
    return "  [" + "#".repeat(full) + ".".repeat(WIDTH - full) + "]";
  }

  private String line(long done, double now) {
    StringBuilder line = new StringBuilder("  %d/%s".formatted(done, Count.of(total, "image")));
    if (failed.getAsLong() > 0) {
      line.append(", %d failed".formatted(failed.getAsLong()));
    }
    if (rate.perSecond() > 0) {
      line.append(", ").append(Pace.speed(rate.perSecond()));
    }
    if (rate.perSecond() > 0 && done < total) {
      line.append(", ").append(Pace.time(rate.secondsUntil(total, now))).append(" left");
    }
    return line.toString();
  }

  private double seconds() {
    return nanoTime.getAsLong() / 1e9;
  }

  /** Says a last time how far the run came, and ends. */
  @Override
  public void close() {
    timer.shutdownNow();
    update();
    if (medium == Medium.TERMINAL) {
      out.println();
    }
  }
}
