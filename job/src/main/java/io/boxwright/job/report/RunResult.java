package io.boxwright.job.report;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The result of a run that makes images.
 *
 * @param table the path of the image table
 * @param contactSheet the path of the picture of its first images, if there is one
 * @param summary the counts and means of its rows
 * @param made the number of good images that this attempt made; those it found do not count
 * @param refused the number of images that this attempt did not try because their rows are wrong
 * @param loads the executors and devices where pipelines were loaded, such as {@code executor 0 on
 *     gpu0}
 * @param duration the time in which this attempt made and wrote its images, including loading
 */
public record RunResult(
    String table,
    Optional<String> contactSheet,
    RunSummary summary,
    long made,
    long refused,
    List<String> loads,
    Duration duration) {}
