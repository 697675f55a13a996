package io.boxwright.job.report;

import io.boxwright.text.Count;
import io.boxwright.threads.DaemonThreads;
import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A progress display with a thread of its own, which works until it is closed. On a terminal it
 * keeps redrawing one line:
 *
 * <pre>{@code   [######..............]  12/40 images, 1 failed, 1.3 s an image, 0:35 left}</pre>
 *
 * <p>Elsewhere, such as in a file, it prints a line after every tenth of the images, and at least
 * once a minute.
 */
public final class ProgressBar implements AutoCloseable {

  /** The kind of output that the line is written to. */
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
   * Starts to show the progress of a run. The caller closes the bar and {@code out}.
   *
   * @param out the writer for the lines
   * @param total the number of images of the whole run
   * @param images supplies the number of images so far, including those of earlier attempts; called
   *     twice a second
   * @param failed supplies the number of those images that failed
   */
  public static ProgressBar start(
      PrintWriter out, long total, LongSupplier images, LongSupplier failed) {
    Medium medium = System.console() == null ? Medium.FILE : Medium.TERMINAL;
    ProgressBar bar = new ProgressBar(out, medium, total, images, failed, System::nanoTime);
    bar.timer.scheduleWithFixedDelay(bar::update, 0, POLL_MILLIS, TimeUnit.MILLISECONDS);
    return bar;
  }

  /** Reads the progress, and shows it if a line is due. */
  synchronized void update() {
    double now = seconds();
    long done = images.getAsLong();
    rate.update(done, now);
    if (medium == Medium.TERMINAL) {
      // The cursor goes back to the start of the line, where the next log message begins.
      out.print(formatBar(done) + formatLine(done, now) + CLEAR_TO_END_OF_LINE + "\r");
      out.flush();
    } else if (countTenths(done) > lastTenth || now - lastLine >= MOST_SECONDS_BETWEEN_LINES) {
      printLine(done, now);
    }
  }

  private void printLine(long done, double now) {
    out.println(formatLine(done, now));
    out.flush();
    lastTenth = countTenths(done);
    lastLine = now;
  }

  private long countTenths(long done) {
    return total == 0 ? 0 : done * TENTHS / total;
  }

  private String formatBar(long done) {
    int full = total == 0 ? 0 : (int) Math.min(WIDTH, done * WIDTH / total);
    return "  [" + "#".repeat(full) + ".".repeat(WIDTH - full) + "]";
  }

  private String formatLine(long done, double now) {
    StringBuilder line = new StringBuilder("  %d/%s".formatted(done, Count.of(total, "image")));
    if (failed.getAsLong() > 0) {
      line.append(", %d failed".formatted(failed.getAsLong()));
    }
    if (rate.perSecond() > 0) {
      line.append(", ").append(Pace.formatSpeed(rate.perSecond()));
    }
    if (rate.perSecond() > 0 && done < total) {
      line.append(", ").append(Pace.formatTime(rate.secondsUntil(total, now))).append(" left");
    }
    return line.toString();
  }

  private double seconds() {
    return nanoTime.getAsLong() / 1e9;
  }

  /** Shows the progress one last time, and ends the thread. */
  @Override
  public void close() {
    timer.shutdownNow();
    update();
    if (medium == Medium.TERMINAL) {
      out.println();
    }
  }
}
