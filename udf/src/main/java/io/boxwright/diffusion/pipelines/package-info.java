/** Whole pipelines, which turn prompts and layouts into images and scores. */
package io.boxwright.diffusion.pipelines;
