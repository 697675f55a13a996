package io.boxwright.job.figures;

import java.util.Map;

/**
 * An image and the values that its benchmark gives it.
 *
 * @param image the image
 * @param values the values by their names
 */
public record ScoredImage(EvaluatedImage image, Map<String, Double> values) {}
