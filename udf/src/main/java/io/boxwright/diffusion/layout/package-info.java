/** Layouts of images: boxes, objects, and the cells of an attention map that boxes cover. */
package io.boxwright.diffusion.layout;
