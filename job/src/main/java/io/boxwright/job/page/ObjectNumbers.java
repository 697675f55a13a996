package io.boxwright.job.page;

/**
 * The scores of an object; each may be null.
 *
 * @param inBoxMass the share of its attention in its boxes, 0..1, in held-out layers
 * @param lift the same, divided by that of a uniform map, from 0 on
 * @param attentionIou the intersection over union of its boxes and the strongest cells, 0..1
 * @param iou the intersection over union of its box and the detected one, 0..1
 */
public record ObjectNumbers(Double inBoxMass, Double lift, Double attentionIou, Double iou) {}
