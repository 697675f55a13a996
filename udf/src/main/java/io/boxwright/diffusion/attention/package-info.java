/** Attention maps of a forward pass, which guidance and scores read. */
package io.boxwright.diffusion.attention;
