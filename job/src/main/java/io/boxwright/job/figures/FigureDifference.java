package io.boxwright.job.figures;

/**
 * The difference of a figure between two runs, over the prompts that have judged images in both.
 *
 * @param name the name of the figure, such as {@code accuracy@0.5}
 * @param category the category of the prompts, or null for all of them
 * @param value the second run's value less that of the first
 * @param unit the unit of the value and the interval
 * @param prompts the number of prompts that the figure is computed from in both runs
 * @param interval the 95 % bootstrap interval; every resample draws the same prompts from both runs
 */
public record FigureDifference(
    String name, String category, double value, FigureUnit unit, int prompts, Interval interval) {}
