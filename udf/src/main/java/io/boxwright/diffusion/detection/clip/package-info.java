/**
 * Scores of how well images fit texts: {@link io.boxwright.diffusion.detection.clip.CLIPScorer}, on
 * a folder with a {@link io.boxwright.diffusion.clip.CLIPModel}.
 */
package io.boxwright.diffusion.detection.clip;
