package io.boxwright.job.report;

import java.util.Optional;

/**
 * The results of making the same images without guidance and with it.
 *
 * @param unguided the run without guidance
 * @param guided the run with guidance
 * @param contactSheet the path of the picture of both, if there is one
 * @param report the path of the page on both, if there is one
 */
public record Comparison(
    RunResult unguided, RunResult guided, Optional<String> contactSheet, Optional<String> report) {}
