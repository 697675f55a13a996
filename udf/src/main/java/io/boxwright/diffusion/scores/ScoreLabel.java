package io.boxwright.diffusion.scores;

/**
 * What people call a number of a group.
 *
 * @param path of the number
 * @param text a few words
 */
public record ScoreLabel(String path, String text) {}
