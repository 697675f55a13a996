/**
 * Whole pipelines, which turn prompts and layouts into images and scores, and the parts of them
 * that a model may have besides: the safety checker and the encoder of pictures for an IP-Adapter.
 */
package io.boxwright.diffusion.pipelines;
