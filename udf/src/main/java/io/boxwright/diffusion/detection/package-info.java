/**
 * Detection of objects in finished images, by their pixels alone, and scores of how well these keep
 * to the layout. A {@link io.boxwright.diffusion.detection.DetectorFactory} makes an {@link
 * io.boxwright.diffusion.detection.ObjectDetector}; {@code detection.shapes} holds the one of the
 * Shapes world, {@code detection.owlvit} OWL-ViT.
 */
package io.boxwright.diffusion.detection;
