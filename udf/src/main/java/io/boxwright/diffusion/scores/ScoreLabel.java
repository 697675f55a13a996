package io.boxwright.diffusion.scores;

/**
 * The words that people use for a number of a group, or for a struct of numbers.
 *
 * @param path the path of the number or of the struct
 * @param text a few words
 */
public record ScoreLabel(String path, String text) {}
