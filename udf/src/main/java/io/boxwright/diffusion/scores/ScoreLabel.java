package io.boxwright.diffusion.scores;

/**
 * The words that people use for a number of a group.
 *
 * @param path the path of the number
 * @param text a few words
 */
public record ScoreLabel(String path, String text) {}
