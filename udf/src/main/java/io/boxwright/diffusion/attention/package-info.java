/** The attention maps of a pass, for those who read them: guidance and scores. */
package io.boxwright.diffusion.attention;
