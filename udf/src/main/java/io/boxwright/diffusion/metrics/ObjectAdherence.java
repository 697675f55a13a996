package io.boxwright.diffusion.metrics;

/**
 * How well the attention of one object keeps to its boxes.
 *
 * @param guided over the layers that the guidance reads
 * @param heldOut over layers that it does not read, so that it cannot flatter itself
 */
public record ObjectAdherence(AdherenceScores guided, AdherenceScores heldOut) {}
