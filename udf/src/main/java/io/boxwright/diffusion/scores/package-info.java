/**
 * The definition of a score: a named group of numbers about an image, some of them for each of its
 * objects ({@link io.boxwright.diffusion.scores.ImageScores}). Tables and reports know scores only
 * by this definition.
 */
package io.boxwright.diffusion.scores;
