/**
 * What a score is: a named group of numbers about an image, some of them for each of its objects
 * ({@link io.boxwright.diffusion.scores.ImageScores}). Tables and reports know no more of it.
 */
package io.boxwright.diffusion.scores;
