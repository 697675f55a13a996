package io.boxwright.job.report;

import java.util.Optional;

/**
 * What came out of making the same images without guidance and with it.
 *
 * @param unguided the run without
 * @param guided the run with
 * @param contactSheet where the picture of both is, if there is any
 */
public record Comparison(RunResult unguided, RunResult guided, Optional<String> contactSheet) {}
