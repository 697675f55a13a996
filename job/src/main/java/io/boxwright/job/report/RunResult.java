package io.boxwright.job.report;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What came out of a run that makes images.
 *
 * @param table where the image table is
 * @param contactSheet where the picture of its first images is, if there is any
 * @param summary counts and means of its rows
 * @param made good images that this attempt made, rather than found
 * @param refused images that this attempt did not try, because their rows are wrong
 * @param loads where pipelines were loaded, such as {@code executor 0 on gpu0}
 * @param duration of this attempt: of making and writing its images, loading included
 */
public record RunResult(
    String table,
    Optional<String> contactSheet,
    RunSummary summary,
    long made,
    long refused,
    List<String> loads,
    Duration duration) {}
