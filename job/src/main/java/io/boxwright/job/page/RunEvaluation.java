package io.boxwright.job.page;

import io.boxwright.job.evaluation.EvaluationRecord;
import io.boxwright.job.figures.EvaluatedImage;
import java.util.List;
import java.util.function.Supplier;

/**
 * An evaluation of a run.
 *
 * @param run the place of the run on the page
 * @param record its figures
 * @param images the reader of its images, which hold no pixels
 */
public record RunEvaluation(
    int run, EvaluationRecord record, Supplier<List<EvaluatedImage>> images) {}
