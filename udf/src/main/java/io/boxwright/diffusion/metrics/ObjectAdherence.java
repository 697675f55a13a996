package io.boxwright.diffusion.metrics;

import io.boxwright.diffusion.layout.LayoutObject;

/**
 * How well the attention of one object keeps to its boxes.
 *
 * @param object the object
 * @param guided over the layers that the guidance reads
 * @param heldOut over layers that it does not read, so that it cannot flatter itself
 */
public record ObjectAdherence(
    LayoutObject object, AdherenceScores guided, AdherenceScores heldOut) {}
