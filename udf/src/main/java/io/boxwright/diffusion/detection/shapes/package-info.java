/** The detector of the Shapes world, for which {@code datasets/shapes} trains a small pipeline. */
package io.boxwright.diffusion.detection.shapes;
