/**
 * Objects found in finished images, by their pixels alone, and how well they keep to the layout. A
 * detector is an {@link io.boxwright.diffusion.detection.ObjectDetector}, made by a {@link
 * io.boxwright.diffusion.detection.DetectorFactory}; {@code detection.shapes} is the one for the
 * Shapes world.
 */
package io.boxwright.diffusion.detection;
