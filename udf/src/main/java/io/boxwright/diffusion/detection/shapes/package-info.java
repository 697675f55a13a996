/** The detector of the Shapes world, which {@code datasets/shapes} trains a small pipeline for. */
package io.boxwright.diffusion.detection.shapes;
