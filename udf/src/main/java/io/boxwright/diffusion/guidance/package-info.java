/** Layout guidance: attention maps in, an update of the latents out. */
package io.boxwright.diffusion.guidance;
