package io.boxwright.diffusion.metrics;

/**
 * The scores of how well the attention of one object keeps to its boxes.
 *
 * @param guided the scores over the layers that the guidance reads
 * @param heldOut the scores over layers that it does not read and so does not directly improve
 */
public record ObjectAdherence(AdherenceScores guided, AdherenceScores heldOut) {}
