package io.boxwright.job.figures;

import java.util.Map;

/**
 * An image and what its benchmark says of it.
 *
 * @param image the image
 * @param values the values by their names
 */
public record ScoredImage(EvaluatedImage image, Map<String, Double> values) {}
