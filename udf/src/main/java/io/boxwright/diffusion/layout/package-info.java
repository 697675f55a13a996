/** Where things go in the image: boxes, objects, and the cells of an attention map they cover. */
package io.boxwright.diffusion.layout;
