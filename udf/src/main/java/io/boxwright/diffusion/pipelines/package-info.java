/** Whole pipelines: prompts and layouts in, images and scores out. */
package io.boxwright.diffusion.pipelines;
