/** Layout guidance, which turns attention maps into an update of the latents. */
package io.boxwright.diffusion.guidance;
